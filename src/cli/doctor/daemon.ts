import { createServer } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { createAgentRegistry } from '../../agents/registry.js'
import { connect } from '../../client/connect.js'
import { findDaemon } from '../../client/find-daemon.js'
import { readBody, sendRequest } from '../../client/http-request.js'
import { withTimeLimit } from '../../client/time-limit.js'
import { DEFAULT_SETTINGS, type Settings } from '../../config/settings.js'
import { VERSION } from '../../config/version.js'
import type { AgentResult } from '../../mcp/tools/agents-list.js'
import { isLocked } from '../../state/lock.js'
import type { StatePaths } from '../../state/paths.js'
import type { Globals } from '../global-options.js'
import { type Finding, ok, problem, problemOf, warning } from './check.js'

const AGENT_LIMIT = 15_000
const HEALTH_LIMIT = 2_000

export async function checkDaemon(paths: StatePaths, settings: Settings): Promise<Finding> {
  try {
    if (!isLocked(paths)) return await checkPort(settings)
    const found = await findDaemon(paths.root)
    if (found.state === 'absent') {
      return problem(
        'daemon',
        'a process holds the lock, but has not written daemon.json',
        `see ${paths.log}`,
      )
    }
    const { pid, url, version } = found.daemon
    const where = `pid ${pid}, ${url}`
    if (found.state === 'silent') {
      const remedy = `see ${paths.log}, or end it with kill -9 ${pid} (running tasks continue)`
      return problem('daemon', `${where} does not respond`, remedy)
    }
    if (version === VERSION) return ok('daemon', `version ${version}, ${where}`)
    return warning(
      'daemon',
      `${where} is version ${version}, this is ${VERSION}`,
      'spoold restart (running tasks continue)',
    )
  } catch (error) {
    return problemOf('daemon', error)
  }
}

/** Whether a daemon could listen. */
async function checkPort({ host, port }: Settings): Promise<Finding> {
  const server = createServer()
  const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    server.once('error', resolve)
    server.listen({ host, port }, () => resolve(null))
  })
  if (failure === null) {
    await new Promise((resolve) => server.close(resolve))
    return ok('daemon', `not running; ${host} port ${port} is free`)
  }
  const owner = failure.code === 'EADDRINUSE' ? await ownerOfPort(host, port) : `(${failure.code})`
  return problem(
    'daemon',
    `not running, and ${host} port ${port} is not available ${owner}`,
    'choose another port: --port, SPOOLD_PORT or "port" in the config file',
  )
}

/** The program that listens on a port, as far as it is known. */
async function ownerOfPort(host: string, port: number): Promise<string> {
  try {
    const url = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}/health`)
    const pid = await withTimeLimit(HEALTH_LIMIT, undefined, async (signal) => {
      const health: unknown = JSON.parse(await readBody(await sendRequest(url, { method: 'GET', signal })))
      return typeof health === 'object' && health !== null && 'pid' in health
        ? Number(health.pid)
        : Number.NaN
    })
    if (Number.isInteger(pid)) return `(used by spoold of another state directory, pid ${pid})`
  } catch {
    // Not spoold, or it hangs.
  }
  return '(used by another program)'
}

/**
 * The default agent must be usable; an unusable other one is a warning. Built-in agents that are not installed are ignored.
 * A running daemon is asked, because it may have another PATH than this shell.
 */
export async function checkAgents({ paths }: Globals, settings: Settings): Promise<Finding[]> {
  const reports = await reportsOf(paths, settings)
  return reports.flatMap(({ name, available, version, binary, problem: reason }): Finding[] => {
    const check = `agent ${name}`
    if (available) return [ok(check, version ?? binary ?? 'usable')]
    const isDefault = name === settings.defaultAgent
    const isBuiltIn = isDeepStrictEqual(settings.agents[name], DEFAULT_SETTINGS.agents[name])
    if (isBuiltIn && !isDefault && binary === null) return []
    const remedy = 'or configure another agent (spoold init) and make it the default: SPOOLD_DEFAULT_AGENT'
    const judge = isDefault ? problem : warning
    return [judge(check, reason ?? 'is not usable', remedy)]
  })
}

type NamedReport = Pick<AgentResult, 'name' | 'available' | 'version' | 'binary' | 'problem'>

async function reportsOf({ root }: StatePaths, settings: Settings): Promise<NamedReport[]> {
  const found = await findDaemon(root).catch(() => undefined)
  if (found?.state === 'responding') {
    const { client } = await connect({ stateDirectory: root, as: 'operator' })
    const { agents } = await client.agents()
    return agents.filter(({ configured }) => configured)
  }
  const registry = createAgentRegistry(settings.agents)
  return Promise.all(
    registry.names().map(async (name) => {
      const { settings: agentSettings, adapter } = registry.find(name)
      return { name, ...(await adapter.report(agentSettings, AbortSignal.timeout(AGENT_LIMIT))) }
    }),
  )
}
