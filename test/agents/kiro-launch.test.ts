import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { kiroAdapter } from '../../src/agents/kiro.js'
import type { AgentSettings, Turn } from '../../src/domain/adapter.js'
import { agentSettings, FAKE_KIRO, runTurn, turnOf } from './launch.js'

const never = new AbortController().signal
const source = { PATH: process.env.PATH, HOME: tmpdir(), SPOOLD_STATE_DIR: '/nowhere', SECRET: 'x' }

/** Long enough for a busy machine to start Node. */
const LIMIT_MS = 3000

let directory: string
let log: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spoold-kiro-'))
  log = join(directory, 'calls')
})
afterEach(() => rm(directory, { recursive: true }))

function kiro(env: Record<string, string> = {}, settings: Partial<AgentSettings> = {}): AgentSettings {
  return agentSettings({ kind: 'kiro', binary: FAKE_KIRO, ...settings, env: { FAKE_KIRO_LOG: log, ...env } })
}

function prepare(settings: AgentSettings, turn: Partial<Turn> = {}, adapter = kiroAdapter(source)) {
  return adapter.prepare(turnOf(settings, turn), never)
}

interface Call {
  pid: number
  args?: string[]
  input?: string | null
  env?: string[]
}

async function calls(): Promise<Call[]> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

describe('the command line', () => {
  it('requests events if the version supports them', async () => {
    const settings = kiro({}, { args: ['--agent', 'mine'] })
    const launch = await prepare(settings, { model: 'big', agentSessionId: 'kiro-1', message: 'Do it' })
    expect(launch.argv).toEqual([
      FAKE_KIRO,
      ...['chat', '--no-interactive', '--agent-engine', 'v2', '--output-format', 'stream-json'],
      ...['--trust-all-tools', '--model', 'big', '--resume-id', 'kiro-1', '--agent', 'mine', 'Do it'],
    ])
    expect(launch.input).toEqual({ is: 'none' })
  })

  it.each(['2.19.1', '2.2.0', 'unknown'])('does without events for version %s', async (version) => {
    const launch = await prepare(kiro({ FAKE_KIRO_VERSION: version }, { model: 'small' }))
    expect(launch.argv.slice(1)).toEqual([
      'chat',
      '--no-interactive',
      '--trust-all-tools',
      '--model',
      'small',
      'Hello',
    ])
  })

  it('trusts all tools unless the settings deny it', async () => {
    const trusts = async (permissions: AgentSettings['permissions']) =>
      (await prepare(kiro({}, { permissions }))).argv.includes('--trust-all-tools')
    expect([await trusts(undefined), await trusts('allow'), await trusts('deny')]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('passes a long prompt, or one with a leading dash, as standard input', async () => {
    for (const message of ['--help', 'ü'.repeat(60 * 1024), 'a\0b']) {
      const { launch, verdict } = await runTurn(kiroAdapter(source), turnOf(kiro(), { message }))
      expect(launch.argv).not.toContain(message)
      expect(launch.input).toEqual({ is: 'message', text: message })
      expect(verdict).toEqual({ status: 'completed' })
      expect((await calls()).at(-1)).toMatchObject({ input: message })
    }
  })

  it('has only the allowed environment', async () => {
    await runTurn(kiroAdapter({ ...source, KIRO_HOME: '/kiro' }), turnOf(kiro()))
    const seen = await calls()
    expect(seen.map(({ args }) => args?.[0])).toEqual(['--version', 'whoami', 'chat'])
    for (const { env } of seen) {
      expect(env).toEqual(
        expect.arrayContaining(['PATH', 'HOME', 'KIRO_HOME', 'KIRO_NO_AUTO_UPDATE', 'NO_COLOR', 'TERM']),
      )
      expect(env).not.toContain('SECRET')
      expect(env?.some((name) => name.startsWith('SPOOLD_'))).toBe(false)
    }
  })
})

describe('promise 10: an impossible turn is rejected before it starts', () => {
  it('with how to install kiro-cli if it is missing', async () => {
    const adapter = kiroAdapter({ PATH: directory })
    const rejected = prepare(agentSettings({ kind: 'kiro' }), {}, adapter)
    await expect(rejected).rejects.toMatchObject({
      code: 'agent_missing',
      message: expect.stringContaining('install'),
    })
    expect(await adapter.report(agentSettings({ kind: 'kiro' }), never)).toMatchObject({
      available: false,
      binary: null,
    })
  })

  it('with the remedy if not signed in', async () => {
    await expect(prepare(kiro({ FAKE_KIRO_SCENARIO: 'not-signed-in' }))).rejects.toMatchObject({
      code: 'launch_error',
      message: expect.stringMatching(/kiro-cli login.*KIRO_API_KEY/),
    })
  })

  it('with a model or id that would be read as an option', async () => {
    await expect(prepare(kiro(), { model: '--x' })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'model',
    })
    await expect(prepare(kiro(), { agentSessionId: '-x' })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('if the version cannot resume by id', async () => {
    const rejected = prepare(kiro({ FAKE_KIRO_VERSION: '2.1.9' }), { agentSessionId: 'kiro-1' })
    await expect(rejected).rejects.toMatchObject({
      code: 'launch_error',
      message: expect.stringContaining('2.2.0'),
    })
  })

  it('if the program fails', async () => {
    const broken = join(directory, 'broken')
    await writeFile(broken, '#!/no/such/interpreter\n', { mode: 0o755 })
    await expect(prepare(kiro({}, { binary: broken }))).rejects.toMatchObject({ code: 'launch_error' })
    await writeFile(broken, '#!/bin/sh\necho no library >&2; exit 9\n')
    await expect(prepare(kiro({}, { binary: broken }))).rejects.toMatchObject({
      code: 'launch_error',
      message: expect.stringContaining('no library'),
    })
  })
})

describe('a login that never ends', () => {
  const settings = () => kiro({ FAKE_KIRO_SCENARIO: 'login-hangs' })

  it('is killed at the time limit and leaves no process', async () => {
    const adapter = kiroAdapter(source, LIMIT_MS)
    await expect(prepare(settings(), {}, adapter)).rejects.toMatchObject({
      code: 'launch_error',
      message: expect.stringMatching(/whoami` did not respond within 3000 ms.*kiro-cli login/),
    })
    await expectAllGone()
  })

  it('is killed when the signal aborts and leaves no process', async () => {
    const controller = new AbortController()
    const prepared = kiroAdapter(source, 60_000).prepare(turnOf(settings()), controller.signal)
    const rejected = expect(prepared).rejects.toThrow('stop it')
    await vi.waitFor(async () => expect((await calls()).length).toBe(3), { timeout: 60_000 })
    controller.abort(new Error('stop it'))
    await rejected
    await expectAllGone()
  })

  it('does not matter with an API key', async () => {
    const launch = await prepare(kiro({ FAKE_KIRO_SCENARIO: 'login-hangs', KIRO_API_KEY: 'key' }))
    expect(launch.env.KIRO_API_KEY).toBe('key')
  })

  it('is part of the report', async () => {
    const report = await kiroAdapter(source, LIMIT_MS).report(settings(), never)
    expect(report).toMatchObject({ available: false, binary: FAKE_KIRO, version: '2.19.2', signedIn: 'no' })
  })

  async function expectAllGone() {
    const pids = (await calls()).map(({ pid }) => pid)
    expect(pids.length).toBeGreaterThanOrEqual(2)
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 60_000 })
  }

  /** A zombie that nobody has collected yet does not run. */
  function isRunning(pid: number): boolean {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
  }
})

describe('the version', () => {
  it('is read once per file, and again when the file changes', async () => {
    const binary = join(directory, 'kiro-cli')
    await cp(FAKE_KIRO, binary)
    const settings = kiro({}, { binary })
    const adapter = kiroAdapter(source)
    await prepare(settings, {}, adapter)
    await prepare(settings, {}, adapter)
    const versions = async () => (await calls()).filter(({ args }) => args?.[0] === '--version').length
    expect(await versions()).toBe(1)
    await utimes(binary, 1000, 1000)
    await prepare(settings, {}, adapter)
    expect(await versions()).toBe(2)
  })
})

describe('the report', () => {
  it('reports binary, version and sign-in', async () => {
    const adapter = kiroAdapter(source)
    const good = { available: true, binary: FAKE_KIRO, version: '2.19.2', signedIn: 'yes', problem: null }
    expect(await adapter.report(kiro(), never)).toEqual(good)
    expect(await adapter.report(kiro({ KIRO_API_KEY: 'k' }), never)).toEqual({
      ...good,
      signedIn: 'not_needed',
    })
  })
})
