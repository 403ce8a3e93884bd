import { rmSync } from 'node:fs'
import { SpoolError } from '../../domain/errors.js'
import { writeFailure } from '../../state/errors.js'
import { print, warn } from '../terminal/print.js'
import { findService } from './definition.js'
import type { ServiceManager } from './manager.js'

/**
 * `spoold service uninstall`: ends the service, and removes what install wrote. Tasks go on. Throws SpoolError `invalid_input`
 * for a definition that is not ours, `internal` where the manager refuses, `storage_readonly`.
 */
export async function uninstall(manager: ServiceManager): Promise<void> {
  const service = findService(manager)
  if (service === undefined) {
    print(`No service is installed: there is no ${manager.file}.\n`)
    return
  }
  if (!service.isOurs) {
    const sentence = `${manager.file} is not of spoold's making and was left as it is: remove it by hand.`
    throw new SpoolError('invalid_input', sentence)
  }
  const missing = await manager.missing()
  if (missing === null) await manager.disable()
  try {
    rmSync(manager.file)
  } catch (cause) {
    throw writeFailure(manager.file, cause)
  }
  if (missing === null) await manager.forget()
  print(
    `Removed ${manager.file}. Running tasks go on, and the next daemon takes their output: spoold start\n` +
      `Nothing else was removed: state and history are in ${service.stateDirectory}.\n`,
  )
  if (missing !== null) {
    warn(
      `the manager of your services could not be reached (${missing.reason}), so a daemon that it runs goes on: spoold stop`,
    )
  }
}
