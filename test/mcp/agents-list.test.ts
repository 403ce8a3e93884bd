import { expect, it } from 'vitest'
import type { NamedAgentReport } from '../../src/domain/service.js'
import { agentsList } from '../../src/mcp/tools/agents-list.js'
import { memoryService } from '../helpers/memory-service.js'

const FOUND: NamedAgentReport = {
  ...{ name: 'kiro', kind: 'kiro', isDefault: true, configured: true },
  ...{ available: true, binary: '/bin/kiro-cli', version: '2.20.0', signedIn: 'yes', problem: null },
}
const OTHER: NamedAgentReport = {
  ...FOUND,
  ...{ isDefault: false, configured: false, available: false, problem: 'It is not configured: spoold init.' },
}

it('kiro_agents_list lists for a model, in few words, the agents that can be started and the others', async () => {
  const reports = [
    FOUND,
    { ...OTHER, name: 'claude', kind: 'claude' },
    { ...OTHER, name: 'codex', kind: 'codex', binary: null },
    { ...OTHER, name: 'gemini-acp', kind: 'acp' },
  ]
  const service = { ...memoryService(), agents: async () => reports }
  const context = {
    signal: new AbortController().signal,
    now: Date.now,
    maxBytes: 1e6,
    tool: (name: string) => `kiro_${name}`,
    attended: false,
    clientCapabilities: new Set<never>(),
  }
  const answered = await agentsList.call(service, {}, context)
  if (!('text' in answered)) throw new Error('it asks')
  const { structured, text } = answered
  expect(text.split('\n')).toEqual([
    'kiro (default): available, version 2.20.0',
    'Installed, but not configured (spoold init): claude, gemini-acp',
    'Known, but not installed: codex',
  ])
  expect(structured).toMatchObject({
    count: 4,
    agents: [{ configured: true }, { configured: false }, {}, {}],
  })
})
