import { describe, expect, it } from 'vitest'
import { createAgentRegistry } from '../../src/agents/registry.js'
import { AGENT_KINDS } from '../../src/config/agent-settings.js'
import { EXEC_AGENT } from '../../src/domain/adapter.js'
import { agentSettings } from './launch.js'

const kiro = agentSettings({ kind: 'kiro' })
const tests = agentSettings({ kind: 'command', argv: ['npm', 'test'], concurrency: 1 })

describe('the registry', () => {
  const registry = createAgentRegistry({ kiro, tests })

  it('finds configured agents, each with the adapter of its kind', () => {
    expect(registry.names()).toEqual(['kiro', 'tests'])
    expect(registry.find('tests')).toMatchObject({ settings: tests, adapter: { kind: 'command' } })
    expect(registry.find('kiro').adapter).toBe(registry.adapterOf('kiro'))
    expect([registry.concurrencyOf('tests'), registry.concurrencyOf('kiro')]).toEqual([1, Infinity])
  })

  it('always has exec, but not among the names', () => {
    expect(registry.find(EXEC_AGENT).adapter.kind).toBe('exec')
    expect(registry.names()).not.toContain(EXEC_AGENT)
  })

  it.each(['nobody', '__proto__', 'constructor'])('refuses %s with the names that exist', (name) => {
    expect(() => registry.find(name)).toThrow(
      expect.objectContaining({
        code: 'agent_unknown',
        field: 'agent',
        message: expect.stringContaining('kiro, tests'),
      }),
    )
    expect(() => registry.adapterOf(name)).toThrow(expect.objectContaining({ code: 'agent_unknown' }))
  })

  it('refuses an unknown kind and the name exec', () => {
    const rejected = (code: string) => expect.objectContaining({ code })
    expect(() => createAgentRegistry({ a: agentSettings({ kind: 'nothing' }) })).toThrow(
      rejected('config_invalid'),
    )
    expect(() => createAgentRegistry({ a: agentSettings({ kind: 'exec' }) })).toThrow(
      rejected('config_invalid'),
    )
    expect(() => createAgentRegistry({ exec: tests })).toThrow(rejected('config_invalid'))
  })

  it('has every kind that can be configured', () => {
    for (const kind of AGENT_KINDS) expect(registry.adapterOf(kind).kind).toBe(kind)
  })
})
