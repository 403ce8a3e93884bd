import { createServer } from 'node:net'
import { createAgentRegistry } from '../../agents/registry.js'
import type { Settings } from '../../config/settings.js'
import { VERSION } from '../../config/version.js'
import { readDaemonFile } from '../../state/daemon-file.js'
import { isLocked } from '../../state/lock.js'
import type { StatePaths } from '../../state/paths.js'
import { cleanForTerminal } from '../render/clean-text.js'
import { type Finding, ok, problem, warning } from './check.js'

const ANSWER_LIMIT = 3000
const AGENT_LIMIT = 15_000

export async function checkDaemon(paths: StatePaths, settings: Settings): Promise<Finding> {
  if (!isLocked(paths)) return checkPort(settings)
  const daemon = readDaemonFile(paths.daemon)
  if (daemon === undefined) {
    return problem(
      'daemon',
      'one holds the lock, but has not told where it listens',
      `look into ${paths.log}`,
    )
  }
  const where = `pid ${daemon.pid}, ${daemon.url}`
  try {
    const answer = await fetch(new URL('/health', daemon.url), { signal: AbortSignal.timeout(ANSWER_LIMIT) })
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return problem(
      'daemon',
      `${where} does not answer (${reason})`,
      `spoold restart; or look into ${paths.log}`,
    )
  }
  if (daemon.version !== VERSION) {
    return warning(
      'daemon',
      `${where} is version ${daemon.version}, this is ${VERSION}`,
      'spoold restart (running tasks survive)',
    )
  }
  return ok('daemon', `version ${daemon.version}, ${where}`)
}

/** Without a daemon: whether one could listen. */
async function checkPort({ host, port }: Settings): Promise<Finding> {
  const server = createServer()
  const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    server.once('error', resolve)
    server.listen({ host, port }, () => resolve(null))
  })
  if (failure === null) {
    await new Promise((resolve) => server.close(resolve))
    return ok('daemon', `none runs; ${host} port ${port} is free for it`)
  }
  return problem(
    'daemon',
    `none runs, and it could not listen on ${host} port ${port} (${failure.code})`,
    'choose another port: --port, SPOOLD_PORT or "port" in the config file',
  )
}

/** The default agent must be usable; another one that is not is a warning. */
export async function checkAgents(settings: Settings): Promise<Finding[]> {
  const registry = createAgentRegistry(settings.agents)
  return Promise.all(
    registry.names().map(async (name) => {
      const check = `agent ${name}`
      const { settings: own, adapter } = registry.find(name)
      const report = await adapter.report(own, AbortSignal.timeout(AGENT_LIMIT))
      if (report.available) return ok(check, cleanForTerminal(report.version ?? report.binary ?? 'usable'))
      const sentence = cleanForTerminal(report.problem ?? 'cannot be used')
      const remedy =
        'or configure another agent (spoold config) and make it the default: SPOOLD_DEFAULT_AGENT'
      return name === settings.defaultAgent
        ? problem(check, sentence, remedy)
        : warning(check, sentence, remedy)
    }),
  )
}
