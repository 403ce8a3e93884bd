import { KNOWN_AGENTS, type KnownAgent } from '../../agents/known.js'
import { createAgentRegistry } from '../../agents/registry.js'
import type { AgentReport } from '../../domain/adapter.js'

const LIMIT_MS = 15_000

export interface LookedAt {
  known: KnownAgent
  report: AgentReport
}

/** Looks for all known agents with this environment, side by side; none of them can take longer than a limit. */
export function findAgents(environment: NodeJS.ProcessEnv): Promise<LookedAt[]> {
  const agents = Object.fromEntries(KNOWN_AGENTS.map(({ name, settings }) => [name, settings]))
  const registry = createAgentRegistry(agents, { environment })
  return Promise.all(
    KNOWN_AGENTS.map(async (known) => {
      const { settings, adapter } = registry.find(known.name)
      const limit = AbortSignal.timeout(LIMIT_MS)
      const report = await adapter.report(settings, limit).catch((error: unknown) => {
        if (!limit.aborted) throw error
        return noAnswer()
      })
      return { known, report }
    }),
  )
}

function noAnswer(): AgentReport {
  const problem = `It did not answer within ${LIMIT_MS / 1000} s; try its program by hand.`
  return { available: false, binary: null, version: null, signedIn: 'unknown', problem }
}
