import { resolve } from 'node:path'
import { EXIT, ExitWith } from '../errors.js'
import type { Globals } from '../global-options.js'
import { daemonStatus, printStatus } from '../status.js'
import { printJson } from '../terminal/json.js'
import { print } from '../terminal/print.js'
import { findService } from './definition.js'
import type { ServiceManager, ServiceState } from './manager.js'
import { missingFiles } from './missing-files.js'

/**
 * `spoold service status`: the service, then the daemon. Exit code 0 where the service runs the daemon of this state directory,
 * 3 where no daemon runs, else 1.
 */
export async function status(globals: Globals, manager: ServiceManager, isJson: boolean): Promise<void> {
  const service = findService(manager)
  const missing = await manager.missing()
  const state = missing === null ? await manager.state() : null
  const daemon = await daemonStatus(globals)
  const isInstalled = service?.isOurs === true
  const problems = [
    ...(service !== undefined && !isInstalled ? [`${manager.file} is not of spoold's making`] : []),
    ...(isInstalled && resolve(service.stateDirectory) !== resolve(globals.paths.root)
      ? [`it serves another state directory: spoold service status --state-dir ${service.stateDirectory}`]
      : []),
    ...(isInstalled ? missingFiles(service).map((path) => `${path} is gone: spoold service install`) : []),
    ...(missing === null ? [] : [`its manager cannot be reached (${missing.reason})`]),
    ...(isInstalled && state?.failure ? [`it has failed (${state.failure}): spoold service logs`] : []),
    ...(daemon.running && state !== null && isInstalled && daemon.pid !== state.pid
      ? ['the daemon that runs was started by hand: spoold service install hands over to the service']
      : []),
  ]
  if (isJson) {
    printJson({
      installed: isInstalled,
      file: manager.file,
      manager: manager.title,
      enabled: state?.isEnabled ?? false,
      active: state?.isActive ?? false,
      pid: state?.pid ?? null,
      problems,
      daemon,
    })
  } else {
    print(`service    ${describe(manager, isInstalled, state)}\n`)
    if (isInstalled) print(`file       ${manager.file}\n`)
    for (const problem of problems) print(`problem    ${problem}\n`)
    await printStatus(daemon)
  }
  if (!daemon.running) throw new ExitWith(isInstalled ? EXIT.unreachable : EXIT.failed)
  if (!isInstalled || state?.isActive !== true || daemon.pid !== state.pid) throw new ExitWith(EXIT.failed)
}

function describe({ title }: ServiceManager, isInstalled: boolean, state: ServiceState | null): string {
  if (!isInstalled) return 'not installed: spoold service install'
  if (state === null) return title
  const pid = state.pid === null ? '' : ` (pid ${state.pid})`
  return `${title}, ${state.isEnabled ? 'enabled' : 'not enabled'}, ${state.isActive ? 'active' : 'not active'}${pid}`
}
