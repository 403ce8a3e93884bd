import { describe, expect, it } from 'vitest'
import { agentEnvironment } from '../../src/agents/program/environment.js'
import { agentSettings } from './launch.js'

const source = {
  PATH: '/bin',
  HOME: '/home/me',
  LANG: 'C.UTF-8',
  LC_TIME: 'de_DE.UTF-8',
  XDG_CACHE_HOME: '/cache',
  HTTPS_PROXY: 'http://proxy',
  TERM: 'xterm-256color',
  AWS_SECRET_ACCESS_KEY: 'secret',
  KIRO_API_KEY: 'key',
  SPOOLD_STATE_DIR: '/state',
}

describe('the environment of agents', () => {
  it('is an allow-list', () => {
    expect(agentEnvironment(source, agentSettings({ kind: 'command' }))).toEqual({
      PATH: '/bin',
      HOME: '/home/me',
      LANG: 'C.UTF-8',
      LC_TIME: 'de_DE.UTF-8',
      XDG_CACHE_HOME: '/cache',
      HTTPS_PROXY: 'http://proxy',
      TERM: 'dumb',
      NO_COLOR: '1',
    })
  })

  it('gets the variables of the kind, then of the settings', () => {
    const passEnv = ['AWS_SECRET_ACCESS_KEY', 'ABSENT']
    const settings = agentSettings({ kind: 'kiro', passEnv, env: { PATH: '/opt/bin', EXTRA: 'x' } })
    const environment = agentEnvironment(source, settings, {
      pass: ['KIRO_API_KEY'],
      set: { EXTRA: 'y', KIND: '1' },
    })
    expect(environment).toMatchObject({
      PATH: '/opt/bin',
      EXTRA: 'x',
      KIND: '1',
      KIRO_API_KEY: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    })
    expect(environment).not.toHaveProperty('ABSENT')
  })

  it('passEnv takes precedence over our variables', () => {
    expect(agentEnvironment(source, agentSettings({ kind: 'command', passEnv: ['TERM'] })).TERM).toBe(
      'xterm-256color',
    )
  })

  it("never holds spoold's own variables", () => {
    const settings = agentSettings({
      kind: 'command',
      passEnv: ['SPOOLD_STATE_DIR'],
      env: { SPOOLD_TASK_TOKEN: 'x' },
    })
    expect(
      Object.keys(agentEnvironment(source, settings)).filter((name) => name.startsWith('SPOOLD_')),
    ).toEqual([])
  })
})
