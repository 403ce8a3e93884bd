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
import { type Finding, ok, problem, refused, warning } from './check.js'

const ANEW = 'spoold service install (running tasks survive)'

/** Whether the service, where one is installed, still runs what it should. */
export async function checkService(paths: StatePaths, env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const manager = selectManager(env)
    const service = findService(manager)
    if (service === undefined)
      return ok('service', 'not installed; spoold service install keeps a daemon running')
    if (!service.isOurs) {
      return warning(
        'service',
        `${manager.file} is not of spoold's making`,
        'look at it and move it away; then spoold service install',
      )
    }
    return checkCommand(service) ?? (await checkState(manager, service, paths))
  } catch (error) {
    return refused('service', error)
  }
}

function checkCommand(service: FoundService): Finding | undefined {
  const gone = missingFiles(service)
  if (gone.length > 0) return problem('service', `it runs ${gone.join(' and ')}, which is gone`, ANEW)
  const script = service.command[1]
  if (script === undefined) return problem('service', 'its file names no command', ANEW)
  if (resolve(script) === resolve(commandFile())) return undefined
  const version = versionOf(script)
  const other = version === VERSION ? `another spoold, ${script}` : `spoold ${version}, this is ${VERSION}`
  return warning('service', `it runs ${other}`, ANEW)
}

async function checkState(
  manager: ServiceManager,
  service: FoundService,
  paths: StatePaths,
): Promise<Finding> {
  const missing = await manager.missing()
  if (missing !== null) {
    const finding = `${manager.file} is there, but its manager cannot be reached (${missing.reason})`
    return warning('service', finding, 'log in as yourself, not by su or sudo; until then: spoold start')
  }
  if (resolve(service.stateDirectory) !== resolve(paths.root)) {
    return ok('service', `${manager.title}, which serves ${service.stateDirectory}`)
  }
  const { isEnabled, isActive, pid, failure } = await manager.state()
  if (failure !== null)
    return problem('service', `it has failed (${failure})`, 'spoold service logs; then spoold restart')
  if (!isEnabled) return warning('service', 'it does not start by itself', ANEW)
  const daemon = isLocked(paths) ? readDaemonFile(paths.daemon) : undefined
  if (daemon !== undefined && daemon.pid !== pid) {
    return warning('service', `the daemon that runs (pid ${daemon.pid}) was started by hand`, ANEW)
  }
  if (!isActive) return warning('service', 'installed, but it does not run', 'spoold start')
  return ok('service', `${manager.title}, pid ${pid}`)
}

/** Of the package that a built command belongs to. */
function versionOf(script: string): string {
  try {
    const manifest = join(dirname(script), '..', '..', 'package.json')
    const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
    return typeof version === 'string' ? version : 'of an unknown version'
  } catch {
    return 'of an unknown version'
  }
}
