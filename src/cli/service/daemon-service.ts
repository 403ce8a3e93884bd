import { resolve } from 'node:path'
import type { Globals } from '../global-options.js'
import { type FoundService, findService } from './definition.js'
import type { ServiceManager, ServiceState } from './manager.js'
import { selectManager } from './select-manager.js'

/** The user's service for this state directory. */
export interface DaemonService {
  manager: ServiceManager
  service: FoundService
  state: ServiceState
}

/** Undefined if there is none or its manager cannot be reached; then the daemon is started and stopped directly. */
export async function findDaemonService({ env, paths }: Globals): Promise<DaemonService | undefined> {
  const { platform } = process
  if (platform !== 'linux' && platform !== 'darwin') return undefined
  const manager = selectManager(env, platform)
  const service = findService(manager)
  if (service === undefined || !service.isOurs) return undefined
  if (resolve(service.stateDirectory) !== resolve(paths.root)) return undefined
  if ((await manager.missing()) !== null) return undefined
  return { manager, service, state: await manager.state() }
}
