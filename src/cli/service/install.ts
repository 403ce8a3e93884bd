import { resolve } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { runningDaemon } from '../daemon/daemon-process.js'
import { EXIT, ExitWith } from '../errors.js'
import type { Globals } from '../global-options.js'
import { settingsOf } from '../settings.js'
import { print, printError, warn } from '../terminal/print.js'
import { type FoundService, findService, writeDefinition } from './definition.js'
import type { ServiceManager } from './manager.js'
import { notTaken, type ServiceOrder, serviceOrder } from './service-manager.js'
import { startService } from './start-service.js'

export interface InstallOptions {
  print?: boolean
  force?: boolean
}

/**
 * `spoold service install`: defines the service, lets it start by itself from now on, and hands the state directory over to it.
 * Throws SpoolError `config_invalid`, `invalid_input`, `unsupported_platform`, the storage errors, `daemon_start_failed`;
 * ends with exit code 1 where the definition could be written, but nobody is there to run it.
 */
export async function install(
  globals: Globals,
  manager: ServiceManager,
  options: InstallOptions,
): Promise<void> {
  const { settings } = settingsOf(globals)
  const order = serviceOrder(globals)
  const text = manager.define(order)
  const before = findService(manager)
  if (options.print) {
    print(text)
    printError(`spoold: ${compared(manager.file, before, text)}\n`)
    return
  }
  if (!options.force) refuseOther(manager.file, before, globals)
  const missing = await manager.missing()
  if (missing !== null && !missing.exists) {
    const sentence = `This system has no ${manager.title} (${missing.reason}), so nothing was written: start the daemon with spoold start.`
    throw new SpoolError('unsupported_platform', sentence)
  }

  const isChanged = before?.text !== text
  if (isChanged) writeDefinition(manager.file, text)
  print(`${isChanged ? 'Wrote' : 'Unchanged:'} ${manager.file}\n`)
  if (isChanged) tellOrder(order, notTaken(settings.agents, globals.env))
  if (missing !== null) {
    warn(
      `the service is not started, because the manager of your services cannot be reached (${missing.reason}): log in as ` +
        'yourself (not by su or sudo) and run spoold service install again; until then: spoold start',
    )
    throw new ExitWith(EXIT.failed)
  }
  await manager.enable()
  await handOver(globals, manager, isChanged)
  const hint = await manager.hint()
  if (hint !== null) print(`${hint}\n`)
}

function compared(file: string, before: FoundService | undefined, text: string): string {
  if (before === undefined) return `this would be written to ${file}, which is not there yet`
  if (before.text === text) return `this is what stands in ${file} already`
  if (!before.isOurs)
    return `${file} is there and is not of spoold's making: it would be kept, unless --force is given`
  return `this would be written to ${file}, in the place of what an earlier spoold service install wrote there`
}

function refuseOther(file: string, before: FoundService | undefined, { paths }: Globals): void {
  if (before === undefined) return
  if (!before.isOurs) {
    throw new SpoolError(
      'invalid_input',
      `${file} is there and is not of spoold's making: look at it and move it away, or write over it with --force.`,
    )
  }
  if (resolve(before.stateDirectory) === resolve(paths.root)) return
  throw new SpoolError(
    'invalid_input',
    `The service serves ${before.stateDirectory} already, and one user has one service: name that one with --state-dir, or ` +
      `let it serve ${paths.root} instead with --force.`,
  )
}

function tellOrder({ argv, environment }: ServiceOrder, left: string[]): void {
  print(`It runs      ${argv.join(' ')}\n`)
  print(`Taken over   ${Object.keys(environment).join(', ') || 'nothing'} of this shell's environment\n`)
  if (left.length > 0) {
    print(
      `Left out     ${left.join(', ')}, which may be secret: an agent that needs one gets it from its "env" in the config file\n`,
    )
  }
  if (/[\\/]_npx[\\/]/.test(argv[1])) {
    warn(
      'this spoold is one that npx keeps for a while: npm install -g spoold, then spoold service install again',
    )
  }
}

/** A daemon that somebody started by hand gives way; the tasks go on under the next one. */
async function handOver(globals: Globals, manager: ServiceManager, isChanged: boolean): Promise<void> {
  const running = await runningDaemon(globals.paths)
  const { pid } = await manager.state()
  if (running !== undefined && running.pid === pid && !isChanged) {
    print(`spoold ${running.version} runs as a ${manager.title}: pid ${pid}, ${running.url}\n`)
    return
  }
  if (running !== undefined) {
    const { stopDaemon } = await import('../stop.js')
    await stopDaemon(globals, false)
  }
  const daemon = await startService(globals.paths, manager)
  print(`spoold ${daemon.version} runs as a ${manager.title}: pid ${daemon.pid}, ${daemon.url}\n`)
}
