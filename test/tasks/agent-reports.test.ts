import { describe, expect, it } from 'vitest'
import type { AgentAdapter, AgentRegistry, AgentReport } from '../../src/domain/adapter.js'
import { createAgentReports } from '../../src/tasks/agent-reports.js'
import { openScene, shellAgent } from './scene.js'

const FOUND: AgentReport = { available: true, binary: '/bin/x', version: '1', signedIn: 'yes', problem: null }
const open = new AbortController().signal

/** Agents that can only report. */
function registry(reports: Record<string, (signal: AbortSignal) => Promise<AgentReport>>): AgentRegistry {
  const unused = () => {
    throw new Error('only reports are available')
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
  it('include the others if one agent does not answer', async () => {
    const silent = (signal: AbortSignal) =>
      new Promise<AgentReport>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const reports = createAgentReports(registry({ silent, quick: async () => FOUND }), 'quick', open, 100)
    expect(await reports()).toMatchObject([
      { name: 'silent', available: false, problem: expect.stringContaining('did not respond within 0.1 s') },
      { name: 'quick', available: true, isDefault: true, configured: true },
    ])
  })

  it('are shared by several requests, and repeated after a failure', async () => {
    let calls = 0
    const failing = async () => {
      calls += 1
      if (calls === 1) throw new Error('no luck')
      return FOUND
    }
    const reports = createAgentReports(registry({ failing }), 'failing', open)
    await expect(reports()).rejects.toThrow('no luck')
    const results = await Promise.all([reports(), reports()])
    expect(await reports()).toBe(results[0])
    expect(calls).toBe(2)
  })

  it('include known agents that are not configured and cannot be started', async () => {
    const scene = openScene({
      agents: { mine: { ...shellAgent(''), kind: 'acp', argv: ['/opt/gemini', '--acp'] } },
    })
    const agents = await scene.service.agents()
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
    await expect(scene.start('x', 'claude')).rejects.toMatchObject({ code: 'agent_unknown' })
  })
})
