import type { AgentRegistry, AgentReport } from '../domain/adapter.js'
import type { NamedAgentReport } from '../domain/service.js'

/** How long the look at one agent may take. All are looked at side by side. */
const LIMIT_MS = 10_000
/** Programs are started for these answers, so they are not got for each of several questions in a row. */
const KNOWN_MS = 5_000

/** Tells of all agents; what it told is told again for some seconds. `limitMs` is the time for one of them. */
export function createAgentReports(
  agents: AgentRegistry,
  defaultAgent: string,
  closing: AbortSignal,
  limitMs = LIMIT_MS,
): () => Promise<NamedAgentReport[]> {
  let last: { until: number; reports: Promise<NamedAgentReport[]> } | undefined

  function lookAround(): Promise<NamedAgentReport[]> {
    const configured = agents.names().map(async (name): Promise<NamedAgentReport> => {
      const { settings, adapter } = agents.find(name)
      const isDefault = name === defaultAgent
      const report = await inTime((signal) => adapter.report(settings, signal), closing, limitMs)
      return { name, kind: settings.kind, isDefault, configured: true, ...report }
    })
    const others = agents.unconfigured().map(async ({ name, kind, report }): Promise<NamedAgentReport> => {
      const told = await inTime(report, closing, limitMs)
      return { name, kind, isDefault: false, configured: false, ...told }
    })
    return Promise.all([...configured, ...others])
  }

  return () => {
    if (last === undefined || performance.now() > last.until) {
      const looked = { until: Number.POSITIVE_INFINITY, reports: lookAround() }
      const known = () => {
        looked.until = performance.now() + KNOWN_MS
      }
      // A failure is told to those who wait for it, and forgotten.
      const forget = () => {
        looked.until = 0
      }
      looked.reports.then(known, forget)
      last = looked
    }
    return last.reports
  }
}

/** One agent that does not answer must not keep the others from being told. */
async function inTime(
  look: (signal: AbortSignal) => Promise<AgentReport>,
  closing: AbortSignal,
  limitMs: number,
): Promise<AgentReport> {
  const limit = AbortSignal.timeout(limitMs)
  try {
    return await look(AbortSignal.any([closing, limit]))
  } catch (error) {
    if (closing.aborted || !limit.aborted) throw error
    const problem = `It did not answer within ${limitMs / 1000} s: ask again, or try its program by hand.`
    return { available: false, binary: null, version: null, signedIn: 'unknown', problem }
  }
}
