import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../src/config/load.js'
import { DEFAULT_SETTINGS } from '../../src/config/settings.js'
import { SpoolError } from '../../src/domain/errors.js'
import { tempDirectory } from '../helpers/temp-state.js'

function configFile(content: unknown): string {
  const path = join(tempDirectory('config'), 'config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

function rejection(load: () => unknown): SpoolError {
  try {
    load()
  } catch (error) {
    if (error instanceof SpoolError) return error
    throw error
  }
  throw new Error('it was not refused')
}

const NOWHERE = { XDG_CONFIG_HOME: '/nonexistent' }

describe('the source of a setting', () => {
  test('defaults, when nothing is configured', () => {
    const { settings, sources, configFile } = loadSettings({ env: NOWHERE })
    expect(settings).toEqual(DEFAULT_SETTINGS)
    expect(sources.port).toEqual({ from: 'default', detail: null })
    expect(configFile).toEqual({ path: '/nonexistent/spoold/config.json', exists: false })
  })

  test('a flag wins over the environment, that over the file, that over the default', () => {
    const file = configFile({ port: 1001, host: '127.0.0.2', concurrency: 3, maxTasks: 7 })
    const { settings, sources } = loadSettings({
      configFile: file,
      env: { SPOOLD_PORT: '1002', SPOOLD_HOST: '127.0.0.3', SPOOLD_CONCURRENCY: '' },
      flags: { port: 1003, host: undefined },
    })
    expect(settings).toMatchObject({ port: 1003, host: '127.0.0.3', concurrency: 3, maxTasks: 7 })
    expect(sources.port).toEqual({ from: 'flag', detail: '--port' })
    expect(sources.host).toEqual({ from: 'environment', detail: 'SPOOLD_HOST' })
    expect(sources.concurrency).toEqual({ from: 'file', detail: file })
    expect(sources.maxTasks).toEqual({ from: 'file', detail: file })
  })

  test('every setting of the contract has its variable', () => {
    const env = {
      ...NOWHERE,
      SPOOLD_MAX_TASKS: '5',
      SPOOLD_CONCURRENCY: '2',
      SPOOLD_TASK_TTL: '3600',
      SPOOLD_CLEANUP_CRON: '*/5 * * * *',
      SPOOLD_TASK_TIMEOUT: '1.5',
      SPOOLD_STALL_TIMEOUT: 'none',
      SPOOLD_OUTPUT_LIMIT: '4096',
      SPOOLD_HOST: '127.0.0.9',
      SPOOLD_PORT: '0',
      SPOOLD_DEFAULT_AGENT: 'kiro',
      SPOOLD_ALLOWED_ROOTS: '/a:/b',
      SPOOLD_TOOL_PREFIX: 'x_',
      SPOOLD_KILL_GRACE: '1',
      SPOOLD_MAX_MESSAGE_BYTES: '10',
      SPOOLD_DURABILITY: 'normal',
      SPOOLD_LOG_LEVEL: 'debug',
    }
    expect(loadSettings({ env }).settings).toEqual({
      maxTasks: 5,
      concurrency: 2,
      taskTtlSeconds: 3600,
      cleanupCron: '*/5 * * * *',
      taskTimeoutSeconds: 1.5,
      stallTimeoutSeconds: null,
      outputLimitBytes: 4096,
      host: '127.0.0.9',
      port: 0,
      defaultAgent: 'kiro',
      agents: DEFAULT_SETTINGS.agents,
      allowedRoots: ['/a', '/b'],
      toolPrefix: 'x_',
      killGraceSeconds: 1,
      maxMessageBytes: 10,
      durability: 'normal',
      logLevel: 'debug',
    })
  })

  test('agents of the file join the default ones, and may replace them', () => {
    const file = configFile({
      defaultAgent: 'tests',
      agents: { tests: { kind: 'command', argv: ['npm', 'test'] }, kiro: { kind: 'kiro', model: 'm' } },
    })
    const { settings } = loadSettings({ configFile: file, env: {} })
    expect(settings.agents).toEqual({
      kiro: { kind: 'kiro', model: 'm', args: [], env: {}, passEnv: [] },
      tests: { kind: 'command', argv: ['npm', 'test'], args: [], env: {}, passEnv: [] },
    })
    expect(settings.defaultAgent).toBe('tests')
  })

  test('SPOOLD_CONFIG names the file', () => {
    const file = configFile({ $schema: './config.schema.json', port: 9 })
    expect(loadSettings({ env: { SPOOLD_CONFIG: file } }).settings.port).toBe(9)
  })
})

describe('promise 10: an invalid configuration is rejected with its field and the remedy', () => {
  const command = { kind: 'command', argv: ['x'] }
  test.each<[string, unknown, string | undefined, RegExp]>([
    ['broken JSON', '{"port": ', undefined, /is not JSON/],
    ['not an object', '[]', '', /must be a JSON object/],
    ['an unknown key', { ports: 1 }, 'ports', /"ports" is not a setting; the settings are maxTasks, /],
    ['a wrong type', { port: '7463' }, 'port', /port is "7463": expected number/],
    ['a value out of bounds', { port: 70_000 }, 'port', /port is 70000/],
    ['a bad cron pattern', { cleanupCron: '61 * * * *' }, 'cleanupCron', /is not a cron pattern/],
    [
      'a cron pattern that never comes',
      { cleanupCron: '0 0 30 2 *' },
      'cleanupCron',
      /is not a cron pattern/,
    ],
    [
      'an unknown agent kind',
      { agents: { a: { kind: 'gpt' } } },
      'agents.a.kind',
      /"gpt"; the kinds are command, kiro/,
    ],
    [
      'an agent without a kind',
      { agents: { a: {} } },
      'agents.a.kind',
      /missing; the kinds are command, kiro/,
    ],
    [
      'an agent with an unknown key',
      { agents: { a: { ...command, arg: [] } } },
      'agents.a.arg',
      /not a setting/,
    ],
    ['a command without argv', { agents: { a: { kind: 'command' } } }, 'agents.a.argv', /argv is missing/],
    [
      'an agent name that looks like a flag',
      { agents: { '-a': command } },
      'agents.-a',
      /must be 1-64 letters/,
    ],
    [
      'a model that looks like a flag',
      { agents: { a: { ...command, model: '-m' } } },
      'agents.a.model',
      /start/,
    ],
    [
      'a default agent that is not configured',
      { defaultAgent: 'b' },
      'defaultAgent',
      /configured agents are kiro/,
    ],
    [
      'a value that nests without end',
      `{"port": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
      'port',
      /port is a list: /,
    ],
    ['an object', { agents: { a: { kind: { b: 1 } } } }, 'agents.a.kind', /is an object; the kinds/],
    ['a name that objects have', '{"agents": {"__proto__": {}}}', 'agents.__proto__', /cannot be a name/],
    [
      'a variable whose name objects have',
      '{"agents": {"kiro": {"kind": "kiro", "env": {"__proto__": "x"}}}}',
      'agents.kiro.env.__proto__',
      /cannot be a name/,
    ],
    [
      'a variable that no shell could set',
      { agents: { a: { ...command, env: { 'A-B': 'x' } } } },
      'agents.a.env.A-B',
      /must consist of letters, digits and "_"/,
    ],
    [
      'a variable to pass that is none',
      { agents: { a: { ...command, passEnv: ['A='] } } },
      'agents.a.passEnv.0',
      /must consist of letters/,
    ],
    [
      'a command without a name',
      { agents: { a: { ...command, argv: [''] } } },
      'agents.a.argv',
      /must start with the name/,
    ],
    ['an argument with a NUL', { agents: { a: { ...command, args: ['a\0'] } } }, 'agents.a.args.0', /NUL/],
    [
      'a host that is not this machine',
      { host: '0.0.0.0' },
      'host',
      /host must be this machine: 127\.0\.0\.1/,
    ],
    ['a relative root', { allowedRoots: ['src'] }, 'allowedRoots.0', /absolute path/],
  ])('%s', (_case, content, field, sentence) => {
    const file = configFile(content)
    const error = rejection(() => loadSettings({ configFile: file, env: {} }))
    expect(error).toMatchObject({ code: 'config_invalid', field })
    expect(error.message).toMatch(sentence)
    expect(error.message).toContain(file)
    expect(error.message).not.toContain('\n')
  })

  test('a file that was named and does not exist', () => {
    const missing = join(tempDirectory(), 'none.json')
    expect(rejection(() => loadSettings({ configFile: missing, env: {} }))).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`${missing} (named by --config) does not exist`),
    })
    expect(rejection(() => loadSettings({ env: { SPOOLD_CONFIG: missing } })).message).toContain(
      'SPOOLD_CONFIG',
    )
  })

  test('a directory in the place of the file, and a file that may not be read', () => {
    const directory = join(tempDirectory(), 'config.json')
    mkdirSync(directory)
    expect(rejection(() => loadSettings({ configFile: directory, env: {} })).message).toMatch(
      /cannot be read \(it is not a regular file\)/,
    )
    if (process.getuid?.() === 0) return
    const file = configFile({})
    chmodSync(file, 0)
    expect(rejection(() => loadSettings({ configFile: file, env: {} })).message).toMatch(
      /cannot be read \(EACCES\)/,
    )
  })

  test('one that every user can write', () => {
    const path = configFile({})
    chmodSync(path, 0o646)
    const { code, message } = rejection(() => loadSettings({ env: NOWHERE, configFile: path }))
    expect([code, message]).toEqual([
      'config_invalid',
      `The config file ${path} can be written by every user: check its content and run chmod o-w on it.`,
    ])
    chmodSync(path, 0o664)
    loadSettings({ env: NOWHERE, configFile: path })
  })

  test('a FIFO in the place of the file, at once', () => {
    const fifo = join(tempDirectory(), 'config.json')
    execFileSync('mkfifo', [fifo])
    expect(rejection(() => loadSettings({ env: { SPOOLD_CONFIG: fifo } })).message).toMatch(
      /is not a regular file/,
    )
  })

  test('a variable and a flag with a wrong value are named', () => {
    const variable = rejection(() => loadSettings({ env: { ...NOWHERE, SPOOLD_PORT: 'http' } }))
    expect(variable).toMatchObject({ code: 'config_invalid', field: 'port' })
    expect(variable.message).toMatch(/^The environment variable SPOOLD_PORT is not valid: port is "http"/)
    const host = rejection(() => loadSettings({ env: { ...NOWHERE, SPOOLD_HOST: '0.0.0.0' } }))
    expect(host.message).toMatch(
      /^The environment variable SPOOLD_HOST is not valid: host must be this machine/,
    )
    const flag = rejection(() => loadSettings({ env: NOWHERE, flags: { port: -1 } }))
    expect(flag.message).toMatch(/^The flag --port is not valid: port is -1/)
  })
})
