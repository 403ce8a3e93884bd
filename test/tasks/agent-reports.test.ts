import { describe, expect, it } from 'vitest'
import type { AgentAdapter, AgentRegistry, AgentReport } from '../../src/domain/adapter.js'
import { createAgentReports } from '../../src/tasks/agent-reports.js'
import { openWorkshop, shellAgent } from './scene.js'

const FOUND: AgentReport = { available: true, binary: '/bin/x', version: '1', signedIn: 'yes', problem: null }
const open = new AbortController().signal

/** Agents of which only the reports are asked for. */
function registry(reports: Record<string, (signal: AbortSignal) => Promise<AgentReport>>): AgentRegistry {
  const unused = () => {
    throw new Error('only reports are asked for')
  }
  return {
    names: () => Object.keys(reports),
    find: (name) => {
      const adapter = { report: (_: unknown, signal: AbortSignal) => reports[name]?.(signal) }
      return { settings: shellAgent(''), adapter: adapter as unknown as AgentAdapter }
    },
    unconfigured: () => [],
    adapterOf: unused,
    concurrencyOf: unused,
  }
}

describe('the reports about agents', () => {
  it('tell of the others when one does not answer', async () => {
    const silent = (signal: AbortSignal) =>
      new Promise<AgentReport>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const reports = createAgentReports(registry({ silent, quick: async () => FOUND }), 'quick', open, 100)
    expect(await reports()).toMatchObject([
      { name: 'silent', available: false, problem: expect.stringContaining('did not answer within 0.1 s') },
      { name: 'quick', available: true, isDefault: true, configured: true },
    ])
  })

  it('are got once for several who ask, and again after a failure', async () => {
    let asked = 0
    const failing = async () => {
      asked += 1
      if (asked === 1) throw new Error('no luck')
      return FOUND
    }
    const reports = createAgentReports(registry({ failing }), 'failing', open)
    await expect(reports()).rejects.toThrow('no luck')
    const answers = await Promise.all([reports(), reports()])
    expect(await reports()).toBe(answers[0])
    expect(asked).toBe(2)
  })

  it('tell of known agents that the settings do not have, but those cannot be started', async () => {
    const workshop = openWorkshop({
      agents: { mine: { ...shellAgent(''), kind: 'acp', argv: ['/opt/gemini', '--acp'] } },
    })
    const agents = await workshop.service.agents()
    const others = agents.filter(({ configured }) => !configured)
    expect(agents.slice(0, 2).map(({ name }) => name)).toEqual(['echo', 'mine'])
    expect(others.map(({ name }) => name)).toEqual([
      ...['kiro', 'claude', 'codex', 'gemini', 'opencode', 'copilot'],
      ...['claude-acp', 'codex-acp', 'opencode-acp', 'copilot-acp'],
    ])
    for (const { available, problem } of others)
      expect({ available, problem }).toEqual({
        available: false,
        problem: expect.stringMatching(/spoold init/),
      })
    await expect(workshop.start('x', 'claude')).rejects.toMatchObject({ code: 'agent_unknown' })
  })
})
