import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Globals } from '../../../src/cli/global-options.js'
import { omittedVariables, serviceSpec } from '../../../src/cli/service/spec.js'
import { commandFile } from '../../../src/client/command-file.js'
import { defaultStateDirectory, statePaths } from '../../../src/state/paths.js'
import { tempDirectory } from '../../helpers/temp-state.js'

const HOME = '/home/me'

function globals(env: Record<string, string>, more: Partial<Globals> = {}): Globals {
  const own = { HOME, PATH: '/usr/bin', ...env }
  return {
    env: own,
    paths: statePaths(defaultStateDirectory(own)),
    configFile: undefined,
    maySpawn: true,
    ...more,
  }
}

const log = `${HOME}/.local/state/spoold/daemon.log`

test('a service with the default settings gets only the path of its log', () => {
  expect(serviceSpec(globals({}), HOME)).toEqual({
    argv: [process.execPath, commandFile(), 'serve', '--log-file', log],
    environment: { PATH: '/usr/bin' },
  })
})

test('the state directory and the config file are arguments if they are not the defaults', () => {
  const env = { SPOOLD_STATE_DIR: '/state', SPOOLD_CONFIG: '/config.json' }
  const words = ['--state-dir', '/state', '--config', '/config.json', '--log-file', '/state/daemon.log']
  expect(serviceSpec(globals(env), HOME).argv.slice(3)).toEqual(words)
  const given = { paths: statePaths('/state'), configFile: '/config.json' }
  expect(serviceSpec(globals({}, given), HOME).argv.slice(3)).toEqual(words)
})

test('XDG directories and another home are included', () => {
  const state = tempDirectory()
  mkdirSync(join(state, 'spoold'))
  writeFileSync(join(state, 'spoold', 'config.json'), '{}')
  const { argv, environment } = serviceSpec(
    globals({ XDG_STATE_HOME: state, XDG_CONFIG_HOME: state }),
    '/home/other',
  )
  expect(argv.slice(3)).toEqual(['--log-file', join(state, 'spoold', 'daemon.log')])
  expect(environment).toEqual({ PATH: '/usr/bin', HOME, XDG_STATE_HOME: state, XDG_CONFIG_HOME: state })
})

test('only non-secret variables are included, and omitted ones are listed', () => {
  const secrets = {
    ANTHROPIC_API_KEY: 's1',
    MY_KEY: 's2',
    CLAUDE_CODE_OAUTH_TOKEN: 's3',
    https_proxy: 'http://me:s4@proxy',
    GITHUB_TOKEN: 's5',
  }
  const own = { SPOOLD_TASK_ID: 's6', SPOOLD_TASK_TOKEN: 's7', SPOOLD_NO_SPAWN: '1' }
  const plain = { SPOOLD_PORT: '7000', SPOOLD_CONCURRENCY: '', SSL_CERT_FILE: '/ca.pem' }
  const env = { ...secrets, ...own, ...plain }
  const order = serviceSpec(globals(env), HOME)
  expect(order.environment).toEqual({ PATH: '/usr/bin', SPOOLD_PORT: '7000', SSL_CERT_FILE: '/ca.pem' })
  expect(JSON.stringify(order)).not.toMatch(/s\d/)
  expect(omittedVariables({ mine: { passEnv: ['MY_KEY', 'ABSENT', 'SSL_CERT_FILE'] } }, env)).toEqual([
    'ANTHROPIC_API_KEY',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'MY_KEY',
    'https_proxy',
  ])
})

test('relative entries of PATH are omitted', () => {
  const { environment } = serviceSpec(globals({ PATH: 'bin:/usr/bin::./x:/bin' }), HOME)
  expect(environment.PATH).toBe('/usr/bin:/bin')
})

test('control characters are rejected', () => {
  const env = { SPOOLD_ALLOWED_ROOTS: '/a\nExecStartPre=/bin/evil' }
  expect(() => serviceSpec(globals(env), HOME)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})
