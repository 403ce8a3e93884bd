import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../src/config/load.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { fakePrograms } from '../helpers/fake-programs.js'
import { jsonLines, runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

/** A home of its own, with these programs and nothing else on PATH. */
function home(programs: Record<string, string>, more: Record<string, string> = {}) {
  const stateDirectory = tempState()
  const directory = dirname(stateDirectory)
  const file = join(directory, '.config', 'spoold', 'config.json')
  const env = { PATH: fakePrograms(programs), ...more }
  return {
    stateDirectory,
    env,
    file,
    init: (...args: string[]) => runCli(['init', ...args], { stateDirectory, env }),
    read: () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>,
    write(config: object) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, JSON.stringify(config))
    },
  }
}

const KEYS = { OPENCODE_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' }

describe('spoold init', () => {
  test('writes the detected agents to a private file, and prints the next step', async () => {
    const { init, file, read, env } = home({ claude: '2.1.3', 'claude-agent-acp': '1.0.0' }, KEYS)
    const { code, stdout, stderr } = await init()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(read()).toEqual({
      defaultAgent: 'claude',
      agents: {
        claude: { kind: 'claude' },
        'claude-acp': { kind: 'acp', argv: ['claude-agent-acp'], passEnv: ['ANTHROPIC_API_KEY'] },
      },
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(stdout).toMatch(/^claude +yes +2\.1\.3 /m)
    expect(stdout).toContain('Not found: kiro, codex, gemini')
    expect(stdout).toContain(`Wrote ${file}: claude, claude-acp; the default agent is claude.\n`)
    expect(stdout).toContain('Next: spoold run "hello"\n')
    const { settings } = loadSettings({ env, configFile: file })
    expect(settings.defaultAgent).toBe('claude')
    expect(Object.keys(settings.agents)).toEqual(['kiro', 'claude', 'claude-acp'])
  })

  test('prefers kiro as the default, even if another agent is signed in', async () => {
    const { init, read } = home({ 'kiro-cli': '[ "$1" = --version ] && echo 2.20.0', claude: '2.1.3' }, KEYS)
    expect((await init()).stdout).toMatch(/^kiro +no +2\.20\.0 .*kiro-cli login/m)
    expect(read()).toMatchObject({ defaultAgent: 'kiro' })
  })

  test('writes nothing if no agent is found', async () => {
    const { init, file } = home({})
    expect(await init()).toMatchObject({ code: 1, stderr: expect.stringContaining('no agent was found') })
    expect(existsSync(file)).toBe(false)
  })

  test('--print and --json write nothing', async () => {
    const { init, file } = home({ claude: '2.1.3' }, KEYS)
    const printed = await init('--print')
    expect(JSON.parse(printed.stdout)).toEqual({
      defaultAgent: 'claude',
      agents: { claude: { kind: 'claude' } },
    })
    expect(existsSync(file)).toBe(false)
    const reported = JSON.parse((await init('--json', '--print')).stdout)
    expect(reported).toMatchObject({
      config_file: file,
      written: false,
      default_agent: 'claude',
      added: ['claude'],
    })
    expect(reported.agents).toContainEqual(
      expect.objectContaining({ name: 'codex', found: false, available: false }),
    )
    expect(existsSync(file)).toBe(false)
    expect(JSON.parse((await init('--json')).stdout)).toMatchObject({ written: true })
    expect(existsSync(file)).toBe(true)
  })

  test('does not change an existing config file, and shows what it would add', async () => {
    const { init, read, write } = home({ claude: '2.1.3' }, KEYS)
    write({ maxTasks: 5 })
    const { code, stderr } = await init()
    expect(code).toBe(2)
    expect(stderr).toContain('already exists: spoold init --merge adds claude and keeps the rest')
    expect(read()).toEqual({ maxTasks: 5 })
  })

  test('--merge adds missing agents and keeps everything else, also a link', async () => {
    const { init, file, read, write } = home({ claude: '2.1.3', gemini: '0.61.0' }, KEYS)
    const real = `${file}.real`
    const mine = { claude: { kind: 'claude', model: 'm' }, gemini: { kind: 'command', argv: ['x'] } }
    write({})
    writeFileSync(real, JSON.stringify({ maxTasks: 5, defaultAgent: 'gemini', agents: mine }))
    rmSync(file)
    symlinkSync(real, file)
    expect((await init('--merge')).code).toBe(0)
    expect(read()).toEqual({
      maxTasks: 5,
      defaultAgent: 'gemini',
      agents: {
        ...mine,
        'gemini-acp': { kind: 'acp', argv: ['gemini', '--acp'], passEnv: ['GEMINI_API_KEY'] },
      },
    })
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    expect((await init('--merge')).stdout).toContain('already has every installed agent.')
    expect((await init()).code).toBe(0)
  })

  test('--merge sets a default agent only if there is none and kiro was not found', async () => {
    const { init, read, write } = home({ claude: '2.1.3' }, KEYS)
    write({ agents: {} })
    expect((await init('--merge')).code).toBe(0)
    expect(read()).toEqual({ defaultAgent: 'claude', agents: { claude: { kind: 'claude' } } })
  })

  test('--merge rejects an invalid file, --force replaces it', async () => {
    const { init, read, write } = home({ claude: '2.1.3' }, KEYS)
    write({ maxTask: 5 })
    expect(await init('--merge')).toMatchObject({ code: 2, stderr: expect.stringContaining('maxTask') })
    expect(read()).toEqual({ maxTask: 5 })
    expect((await init('--force')).code).toBe(0)
    expect(read()).toEqual({ defaultAgent: 'claude', agents: { claude: { kind: 'claude' } } })
    expect((await init('--force', '--merge')).code).toBe(2)
  })

  test('writes the file that --config or SPOOLD_CONFIG names', async () => {
    const scene = home({ claude: '2.1.3' }, KEYS)
    const other = join(dirname(scene.stateDirectory), 'deep', 'other.json')
    expect((await scene.init('--config', other)).code).toBe(0)
    expect(existsSync(scene.file)).toBe(false)
    expect(JSON.parse(readFileSync(other, 'utf8'))).toMatchObject({ defaultAgent: 'claude' })
  })
})

describe('a daemon', () => {
  test('must be restarted after init, and lists unconfigured agents', async () => {
    const { init, stateDirectory, env } = home({ claude: '2.1.3', gemini: '0.61.0' }, KEYS)
    await startDaemonProcess({ stateDirectory, env })
    const agents = async () => jsonLines((await runCli(['agents', '--json'], { stateDirectory, env })).stdout)
    expect(await agents()).toMatchObject([
      { name: 'kiro', configured: true, is_default: true, available: false },
      {
        name: 'claude',
        configured: false,
        available: false,
        version: '2.1.3',
        problem: expect.stringMatching(
          /not configured: run spoold init, or add "claude": {"kind":"claude"} to/,
        ),
      },
      {
        name: 'codex',
        configured: false,
        available: false,
        binary: null,
        problem: expect.stringContaining('install Codex'),
      },
      { name: 'gemini', configured: false },
      { name: 'opencode', configured: false },
      { name: 'copilot', configured: false },
      {
        name: 'claude-acp',
        problem: expect.stringContaining('npm install -g @agentclientprotocol/claude-agent-acp'),
      },
      { name: 'codex-acp', configured: false },
      {
        name: 'gemini-acp',
        configured: false,
        signed_in: 'unknown',
        problem: expect.stringContaining('"argv":["gemini","--acp"]'),
      },
      { name: 'opencode-acp', configured: false },
      { name: 'copilot-acp', configured: false },
    ])
    const { stdout } = await runCli(['agents'], { stateDirectory, env })
    expect(stdout).toMatch(/^kiro \(default\) +kiro +no /m)
    expect(stdout).toMatch(/^claude +claude +not configured +2\.1\.3/m)
    expect(stdout).toContain("\nNot on the daemon's PATH: codex, opencode, copilot, claude-acp")

    expect((await init()).stdout).toContain('Next: spoold restart')
    const rejected = await runCli(['run', '--agent', 'claude', 'hello'], { stateDirectory, env })
    expect(rejected).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no agent "claude"') })
  })
})
