import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { commandFile } from '../../client/command-file.js'
import { VERSION } from '../../config/version.js'
import { readDaemonFile } from '../../state/daemon-file.js'
import { isLocked } from '../../state/lock.js'
import type { StatePaths } from '../../state/paths.js'
import { type FoundService, findService, missingFiles } from '../service/definition.js'
import type { ServiceManager } from '../service/manager.js'
import { selectManager } from '../service/select-manager.js'
import { type Finding, ok, problem, problemOf, warning } from './check.js'

const REINSTALL = 'spoold service install (running tasks continue)'

/** Whether an installed service runs the right command. */
export async function checkService(paths: StatePaths, env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const manager = selectManager(env)
    const service = findService(manager)
    if (service === undefined)
      return ok('service', 'not installed; spoold service install keeps a daemon running')
    if (!service.isOurs) {
      return warning(
        'service',
        `${manager.file} was not written by spoold`,
        'check it and move it away, then spoold service install',
      )
    }
    return checkCommand(service) ?? (await checkState(manager, service, paths))
  } catch (error) {
    return problemOf('service', error)
  }
}

function checkCommand(service: FoundService): Finding | undefined {
  const missing = missingFiles(service)
  if (missing.length > 0)
    return problem('service', `it runs ${missing.join(' and ')}, which no longer exists`, REINSTALL)
  const script = service.command[1]
  if (script === undefined) return problem('service', 'its definition has no command', REINSTALL)
  if (resolve(script) === resolve(commandFile())) return undefined
  const version = versionOf(script)
  const other = version === VERSION ? `another spoold, ${script}` : `spoold ${version}, this is ${VERSION}`
  return warning('service', `it runs ${other}`, REINSTALL)
}

async function checkState(
  manager: ServiceManager,
  service: FoundService,
  paths: StatePaths,
): Promise<Finding> {
  const missing = await manager.missing()
  if (missing !== null) {
    const finding = `${manager.file} exists, but the service manager cannot be reached (${missing.reason})`
    return warning('service', finding, 'log in directly, not with su or sudo; until then use spoold start')
  }
  if (resolve(service.stateDirectory) !== resolve(paths.root)) {
    return ok('service', `${manager.title}, which serves ${service.stateDirectory}`)
  }
  const { isEnabled, isActive, pid, failure } = await manager.state()
  if (failure !== null)
    return problem('service', `it has failed (${failure})`, 'spoold service logs, then spoold restart')
  if (!isEnabled) return warning('service', 'it is not enabled', REINSTALL)
  const daemon = isLocked(paths) ? readDaemonFile(paths.daemon) : undefined
  if (daemon !== undefined && daemon.pid !== pid) {
    return warning('service', `the running daemon (pid ${daemon.pid}) was not started by it`, REINSTALL)
  }
  if (!isActive) return warning('service', 'installed but not running', 'spoold start')
  return ok('service', `${manager.title}, pid ${pid}`)
}

/** The version of the package of a command. */
function versionOf(script: string): string {
  try {
    const manifest = join(dirname(script), '..', '..', 'package.json')
    const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
    return typeof version === 'string' ? version : 'of an unknown version'
  } catch {
    return 'of an unknown version'
  }
}
