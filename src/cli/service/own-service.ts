import { resolve } from 'node:path'
import type { Globals } from '../global-options.js'
import { type FoundService, findService } from './definition.js'
import type { ServiceManager, ServiceState } from './manager.js'
import { ownManager } from './own-manager.js'

/** The service of this user that serves this state directory, with its manager at hand. */
export interface OwnService {
  manager: ServiceManager
  service: FoundService
  state: ServiceState
}

/** Undefined where there is none, or its manager cannot be reached: then a daemon is started and ended by hand. */
export async function ownService({ env, paths }: Globals): Promise<OwnService | undefined> {
  const { platform } = process
  if (platform !== 'linux' && platform !== 'darwin') return undefined
  const manager = ownManager(env, platform)
  const service = findService(manager)
  if (service === undefined || !service.isOurs) return undefined
  if (resolve(service.stateDirectory) !== resolve(paths.root)) return undefined
  if ((await manager.missing()) !== null) return undefined
  return { manager, service, state: await manager.state() }
}
