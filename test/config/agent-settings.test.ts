import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AGENT_KINDS, agentSchema } from '../../src/config/agent-settings.js'
import { invalidSetting } from '../../src/config/problem.js'

const DEFAULTS = { args: [], env: {}, passEnv: [] }
const HEADLESS = ['claude', 'codex', 'gemini', 'opencode', 'copilot']

/** The sentence with which an agent's settings are refused; null where they are not. */
function rejection(agent: object): string | null {
  const { error } = agentSchema.safeParse(agent)
  return error === undefined ? null : invalidSetting('It', error, ['agents', 'a'], agent).message
}

describe('the settings of an agent', () => {
  it('know every kind', () => {
    expect(AGENT_KINDS).toEqual(['command', 'kiro', 'acp', ...HEADLESS, 'module'])
  })

  it.each(HEADLESS)('of kind %s need nothing but the kind', (kind) => {
    expect(agentSchema.parse({ kind })).toEqual({ kind, ...DEFAULTS })
    expect(agentSchema.parse({ kind, permissions: 'allow', model: 'big' })).toMatchObject({
      permissions: 'allow',
    })
  })

  it.each(HEADLESS)('of kind %s cannot have it ask, and the refusal names what can', (kind) => {
    expect(rejection({ kind, permissions: 'ask' })).toMatch(
      /^It is not valid: agents\.a\.permissions is "ask": .*cannot ask; use "kind": "acp".*"allow" or "deny"/,
    )
    expect(rejection({ kind, permissions: 'yes' })).toMatch(
      /permissions is "yes": it must be "allow" or "deny"/,
    )
  })

  it('of kind acp have a command line and can ask', () => {
    const agent = { kind: 'acp', argv: ['gemini', '--acp'], permissions: 'ask', authMethod: 'api-key' }
    expect(agentSchema.parse(agent)).toEqual({ ...agent, ...DEFAULTS })
    expect(rejection({ kind: 'acp' })).toMatch(/agents\.a\.argv is missing/)
    expect(rejection({ kind: 'acp', argv: [''] })).toMatch(/argv must start with the name of a program/)
  })

  it('of kind kiro can ask only with protocol acp', () => {
    expect(agentSchema.parse({ kind: 'kiro', protocol: 'acp', permissions: 'ask' })).toMatchObject({
      protocol: 'acp',
    })
    expect(agentSchema.parse({ kind: 'kiro', permissions: 'deny' })).toMatchObject({ permissions: 'deny' })
    expect(rejection({ kind: 'kiro', permissions: 'ask' })).toMatch(
      /permissions cannot be "ask" here.*"protocol": "acp"/,
    )
    expect(rejection({ kind: 'kiro', authMethod: 'x' })).toMatch(/authMethod is only for .*"protocol": "acp"/)
  })

  it('of kind module have an absolute path or one below the home directory', () => {
    expect(agentSchema.parse({ kind: 'module', module: '/opt/a.mjs' })).toMatchObject({
      module: '/opt/a.mjs',
    })
    const inHome = agentSchema.parse({ kind: 'module', module: '~/agents/a.mjs' })
    expect(inHome).toMatchObject({ module: join(homedir(), 'agents/a.mjs') })
    for (const module of ['a.mjs', './a.mjs', '~a.mjs', '', '/a\0']) {
      expect(rejection({ kind: 'module', module })).toContain('agents.a.module')
    }
    expect(rejection({ kind: 'module' })).toMatch(/module is missing/)
  })

  it.each([
    [{ kind: 'claude', argv: ['claude'] }, 'argv'],
    [{ kind: 'command', argv: ['x'], permissions: 'allow' }, 'permissions'],
    [{ kind: 'module', module: '/a', permissions: 'deny' }, 'permissions'],
    [{ kind: 'gemini', authMethod: 'x' }, 'authMethod'],
    [{ kind: 'acp', argv: ['x'], protocol: 'acp' }, 'protocol'],
  ])('have no setting that the kind does not know: %o', (agent, name) => {
    expect(rejection(agent)).toBe(`It is not valid: "agents.a.${name}" is not a setting.`)
  })
})
