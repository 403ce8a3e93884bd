import type { AgentRegistry, AgentReport } from '../domain/adapter.js'
import type { NamedAgentReport } from '../domain/service.js'

/** How long the report of one agent may take. All agents report at the same time. */
const TIMEOUT_MS = 10_000
/** Reports start programs, so several requests in a row share them. */
const CACHE_MS = 5_000

/** Returns a function that reports on all agents, with results cached for a few seconds. */
export function createAgentReports(
  agents: AgentRegistry,
  defaultAgent: string,
  closing: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): () => Promise<NamedAgentReport[]> {
  let cached: { until: number; reports: Promise<NamedAgentReport[]> } | undefined

  function reportAll(): Promise<NamedAgentReport[]> {
    const configured = agents.names().map(async (name): Promise<NamedAgentReport> => {
      const { settings, adapter } = agents.find(name)
      const isDefault = name === defaultAgent
      const report = await withTimeout((signal) => adapter.report(settings, signal), closing, timeoutMs)
      return { name, kind: settings.kind, isDefault, configured: true, ...report }
    })
    const others = agents.unconfigured().map(async ({ name, kind, report }): Promise<NamedAgentReport> => {
      const result = await withTimeout(report, closing, timeoutMs)
      return { name, kind, isDefault: false, configured: false, ...result }
    })
    return Promise.all([...configured, ...others])
  }

  return () => {
    if (cached === undefined || performance.now() > cached.until) {
      const entry = { until: Number.POSITIVE_INFINITY, reports: reportAll() }
      entry.reports.then(
        () => {
          entry.until = performance.now() + CACHE_MS
        },
        () => {
          // A failure is not cached.
          entry.until = 0
        },
      )
      cached = entry
    }
    return cached.reports
  }
}

/** An agent that does not answer must not hold up the reports of the others. */
async function withTimeout(
  report: (signal: AbortSignal) => Promise<AgentReport>,
  closing: AbortSignal,
  timeoutMs: number,
): Promise<AgentReport> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await report(AbortSignal.any([closing, timeout]))
  } catch (error) {
    if (closing.aborted || !timeout.aborted) throw error
    const problem = `It did not respond within ${timeoutMs / 1000} s; try again, or run its program by hand.`
    return { available: false, binary: null, version: null, signedIn: 'unknown', problem }
  }
}
