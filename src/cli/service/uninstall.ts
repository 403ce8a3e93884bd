import { rmSync } from 'node:fs'
import { SpoolError } from '../../domain/errors.js'
import { writeFailure } from '../../state/errors.js'
import { print, warn } from '../terminal/print.js'
import { findService } from './definition.js'
import type { ServiceManager } from './manager.js'

/**
 * `spoold service uninstall`: stops the service and removes its definition. Tasks continue. Throws SpoolError `invalid_input`
 * for a definition that is not ours, `internal` if the manager fails, `storage_readonly`.
 */
export async function uninstall(manager: ServiceManager): Promise<void> {
  const service = findService(manager)
  if (service === undefined) {
    print(`No service is installed (${manager.file} does not exist).\n`)
    return
  }
  if (!service.isOurs) {
    const sentence = `${manager.file} was not written by spoold and was left unchanged: remove it by hand.`
    throw new SpoolError('invalid_input', sentence)
  }
  const missing = await manager.missing()
  if (missing === null) await manager.disable()
  try {
    rmSync(manager.file)
  } catch (cause) {
    throw writeFailure(manager.file, cause)
  }
  if (missing === null) await manager.afterRemoval()
  print(
    `Removed ${manager.file}. Running tasks continue; spoold start adopts them.\n` +
      `Nothing else was removed: tasks and history are in ${service.stateDirectory}.\n`,
  )
  if (missing !== null) {
    warn(
      `your service manager cannot be reached (${missing.reason}), so its daemon keeps running: use spoold stop`,
    )
  }
}
