import { resolve } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { runningDaemon } from '../daemon/daemon-process.js'
import { EXIT, ExitWith } from '../errors.js'
import type { Globals } from '../global-options.js'
import { settingsOf } from '../settings.js'
import { print, printError, warn } from '../terminal/print.js'
import { type FoundService, findService, writeDefinition } from './definition.js'
import type { ServiceManager } from './manager.js'
import { omittedVariables, type ServiceSpec, serviceSpec } from './spec.js'
import { startService } from './start-service.js'

export interface InstallOptions {
  print?: boolean
  force?: boolean
}

/**
 * `spoold service install`: defines and enables the service, and lets it take over the state directory. Throws SpoolError
 * `config_invalid`, `invalid_input`, `unsupported_platform`, storage errors and `daemon_start_failed`; exits with code 1 if the
 * definition was written but the service manager cannot be reached.
 */
export async function install(
  globals: Globals,
  manager: ServiceManager,
  options: InstallOptions,
): Promise<void> {
  const { settings } = settingsOf(globals)
  const spec = serviceSpec(globals)
  const text = manager.define(spec)
  const before = findService(manager)
  if (options.print) {
    print(text)
    printError(`spoold: ${comparison(manager.file, before, text)}\n`)
    return
  }
  if (!options.force) assertReplaceable(manager.file, before, globals)
  const missing = await manager.missing()
  if (missing !== null && !missing.exists) {
    const sentence = `This system has no ${manager.title} (${missing.reason}), so nothing was written; use spoold start instead.`
    throw new SpoolError('unsupported_platform', sentence)
  }

  const isChanged = before?.text !== text
  if (isChanged) writeDefinition(manager.file, text)
  print(`${isChanged ? 'Wrote' : 'Unchanged:'} ${manager.file}\n`)
  if (isChanged) printSpec(spec, omittedVariables(settings.agents, globals.env))
  if (missing !== null) {
    warn(
      `the service was not started, because your service manager cannot be reached (${missing.reason}): log in directly ` +
        '(not with su or sudo) and run spoold service install again; until then use spoold start',
    )
    throw new ExitWith(EXIT.failed)
  }
  await manager.enable()
  await handOver(globals, manager, isChanged)
  const hint = await manager.hint()
  if (hint !== null) print(`${hint}\n`)
}

function comparison(file: string, before: FoundService | undefined, text: string): string {
  if (before === undefined) return `would be written to ${file}, which does not exist yet`
  if (before.text === text) return `${file} already has this content`
  if (!before.isOurs) return `${file} was not written by spoold; it would be kept unless --force is given`
  return `would replace the earlier version of ${file}`
}

function assertReplaceable(file: string, before: FoundService | undefined, { paths }: Globals): void {
  if (before === undefined) return
  if (!before.isOurs) {
    throw new SpoolError(
      'invalid_input',
      `${file} was not written by spoold: check it and move it away, or replace it with --force.`,
    )
  }
  if (resolve(before.stateDirectory) === resolve(paths.root)) return
  throw new SpoolError(
    'invalid_input',
    `The service already serves ${before.stateDirectory}, and a user has only one: use that directory with --state-dir, or ` +
      `switch the service to ${paths.root} with --force.`,
  )
}

function printSpec({ argv, environment }: ServiceSpec, omitted: string[]): void {
  print(`Runs         ${argv.join(' ')}\n`)
  print(`Environment  ${Object.keys(environment).join(', ') || 'nothing'} from this shell\n`)
  if (omitted.length > 0) {
    print(
      `Omitted      ${omitted.join(', ')} (possible secrets): set them in "env" of the agents that need them, in the config file\n`,
    )
  }
  if (/[\\/]_npx[\\/]/.test(argv[1])) {
    warn(
      'npx runs spoold from a temporary cache: run npm install -g spoold, then spoold service install again',
    )
  }
}

/** Stops a daemon that was started by hand; its tasks continue with the daemon of the service. */
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
