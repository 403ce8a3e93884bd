import { KNOWN_AGENTS, type KnownAgent } from '../../agents/known.js'
import { createAgentRegistry } from '../../agents/registry.js'
import type { AgentReport } from '../../domain/adapter.js'

const LIMIT_MS = 15_000

export interface DetectedAgent {
  known: KnownAgent
  report: AgentReport
}

/** Detects all known agents in this environment, in parallel and with a time limit for each. */
export function findAgents(environment: NodeJS.ProcessEnv): Promise<DetectedAgent[]> {
  const agents = Object.fromEntries(KNOWN_AGENTS.map(({ name, settings }) => [name, settings]))
  const registry = createAgentRegistry(agents, { environment })
  return Promise.all(
    KNOWN_AGENTS.map(async (known) => {
      const { settings, adapter } = registry.find(known.name)
      const limit = AbortSignal.timeout(LIMIT_MS)
      const report = await adapter.report(settings, limit).catch((error: unknown) => {
        if (!limit.aborted) throw error
        return noResponse()
      })
      return { known, report }
    }),
  )
}

function noResponse(): AgentReport {
  const problem = `It did not respond within ${LIMIT_MS / 1000} s; run its program by hand.`
  return { available: false, binary: null, version: null, signedIn: 'unknown', problem }
}
