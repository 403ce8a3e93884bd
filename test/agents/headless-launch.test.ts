import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claudeAdapter } from '../../src/agents/claude.js'
import { codexAdapter } from '../../src/agents/codex.js'
import { copilotAdapter } from '../../src/agents/copilot.js'
import { geminiAdapter } from '../../src/agents/gemini.js'
import { opencodeAdapter } from '../../src/agents/opencode.js'
import type { AgentAdapter, AgentSettings, Turn } from '../../src/domain/adapter.js'
import { type Line, printed } from './headless.js'
import { agentSettings, runTurn, turnOf } from './launch.js'

const FAKE_AGENT = fileURLToPath(new URL('../fixtures/headless-agent.mjs', import.meta.url))
const never = new AbortController().signal
const LONG = 'ü'.repeat(60 * 1024)

interface Kind {
  create: (source: NodeJS.ProcessEnv) => AgentAdapter
  /** The command line of a turn with model `big`, session `id-1`, all permissions and the argument `--mine`. */
  full: string[]
  /** That of a new conversation, with nothing set. */
  plain: string[]
  /** What it prints in session `id-1` for a turn that succeeds with the answer `Hello`. */
  lines: Line[]
}

const CLAUDE = ['-p', '--output-format', 'stream-json', '--verbose', '--include-partial-messages']
const CODEX = ['exec', '--json', '--skip-git-repo-check']
const OPENCODE = ['run', '--format', 'json', '--thinking']

const KINDS: Record<string, Kind> = {
  claude: {
    create: claudeAdapter,
    full: [...CLAUDE, '--dangerously-skip-permissions', '--model', 'big', '--resume', 'id-1', '--mine'],
    plain: CLAUDE,
    lines: [{ type: 'result', subtype: 'success', is_error: false, result: 'Hello', session_id: 'id-1' }],
  },
  codex: {
    create: codexAdapter,
    full: [
      ...[...CODEX, '--dangerously-bypass-approvals-and-sandbox', '--model', 'big', '--mine'],
      ...['resume', 'id-1', '-'],
    ],
    plain: [...CODEX, '-'],
    lines: [
      { type: 'thread.started', thread_id: 'id-1' },
      { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: 'Hello' } },
      { type: 'turn.completed' },
    ],
  },
  gemini: {
    create: geminiAdapter,
    full: [
      ...['--output-format', 'stream-json', '--approval-mode', 'yolo', '--model', 'big'],
      ...['--resume', 'id-1', '--mine'],
    ],
    plain: ['--output-format', 'stream-json'],
    lines: [
      { type: 'init', session_id: 'id-1' },
      { type: 'message', role: 'assistant', content: 'Hello', delta: true },
      { type: 'result', status: 'success' },
    ],
  },
  opencode: {
    create: opencodeAdapter,
    full: [...OPENCODE, '--auto', '--model', 'big', '--session', 'id-1', '--mine'],
    plain: OPENCODE,
    lines: [
      { type: 'text', sessionID: 'id-1', part: { id: 'p', type: 'text', text: 'Hello' } },
      { type: 'step_finish', sessionID: 'id-1', part: { reason: 'stop' } },
    ],
  },
  copilot: {
    create: copilotAdapter,
    full: [
      ...['-p', 'Do it', '--output-format', 'json', '--allow-all-tools', '--model', 'big'],
      ...['--resume=id-1', '--mine'],
    ],
    plain: ['-p', 'Do it', '--output-format', 'json'],
    lines: [
      { type: 'assistant.message', data: { messageId: 'm', content: 'Hello' } },
      { type: 'result', sessionId: 'id-1', exitCode: 0 },
    ],
  },
}

let directory: string
let source: NodeJS.ProcessEnv
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spoold-headless-'))
  source = { PATH: process.env.PATH, HOME: directory, SECRET: 'x', SPOOLD_STATE_DIR: '/nowhere' }
})
afterEach(() => rm(directory, { recursive: true }))

async function settingsOf(kind: string, env: Record<string, string> = {}, more: Partial<AgentSettings> = {}) {
  const transcript = join(directory, 'transcript')
  await writeFile(transcript, printed(KINDS[kind]?.lines ?? []))
  const own = { FAKE_AGENT_LOG: join(directory, 'calls'), FAKE_AGENT_TRANSCRIPT: transcript }
  return agentSettings({ kind, binary: FAKE_AGENT, ...more, env: { ...own, ...env } })
}

interface Call {
  args: string[]
  input: string | null
  env: string[]
}

async function calls(): Promise<Call[]> {
  const text = await readFile(join(directory, 'calls'), 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

async function textOf(adapter: AgentAdapter, turn: Turn) {
  const { pieces, state, verdict, launch } = await runTurn(adapter, turn)
  const text = pieces.map(({ content }) => content).join('')
  return { text, session: adapter.agentSessionId(state), verdict, launch, call: (await calls()).at(-1) }
}

describe.each(Object.entries(KINDS))('a turn of %s', (kind, { create, full, plain }) => {
  it('resumes a conversation by its id, with model, permissions and further arguments', async () => {
    const settings = await settingsOf(kind, {}, { args: ['--mine'] })
    const turn: Partial<Turn> = {
      ...{ message: 'Do it', model: 'big', agentSessionId: 'id-1', permissions: 'allow' },
    }
    const { call, ...outcome } = await textOf(create(source), turnOf(settings, turn))
    expect(call?.args).toEqual(full)
    expect(outcome).toMatchObject({ text: 'Hello', session: 'id-1', verdict: { status: 'completed' } })
  })

  it("opens a conversation with the agent's own permissions", async () => {
    const settings = await settingsOf(kind)
    const { call, session } = await textOf(create(source), turnOf(settings, { message: 'Do it' }))
    expect(call?.args).toEqual(plain)
    expect(plain.includes('Do it') ? call?.args : [call?.input]).toContain('Do it')
    expect(session).toBe('id-1')
  })

  it.each(['--help me', LONG, 'a\0b'])(
    'hands a message over whole, whatever it begins with or how long: %.9s',
    async (message) => {
      const { call, verdict } = await textOf(create(source), turnOf(await settingsOf(kind), { message }))
      expect(call?.input).toBe(message)
      expect(call?.args).not.toContain(message)
      expect(verdict).toEqual({ status: 'completed' })
    },
  )

  it('fails if the agent continues another conversation', async () => {
    const turn = turnOf(await settingsOf(kind), { agentSessionId: 'id-2' })
    const { verdict, session } = await textOf(create(source), turn)
    expect(verdict).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('another conversation'),
    })
    expect(session).toBeNull()
  })

  it('has only the allowed environment', async () => {
    await textOf(create(source), turnOf(await settingsOf(kind)))
    for (const { env } of await calls()) {
      expect(env).toEqual(expect.arrayContaining(['PATH', 'HOME', 'NO_COLOR', 'TERM']))
      expect(env).not.toContain('SECRET')
      expect(env).not.toContain('SPOOLD_STATE_DIR')
    }
  })

  it('promise 10: a model or id that would be read as an option is rejected', async () => {
    const settings = await settingsOf(kind)
    for (const turn of [{ model: '--x' }, { agentSessionId: '-x' }]) {
      const rejected = create(source).prepare(turnOf(settings, turn), never)
      await expect(rejected).rejects.toMatchObject({ code: 'invalid_input' })
    }
  })

  it('promise 10: a missing program is reported with how to install it', async () => {
    const adapter = create({ PATH: directory })
    const rejected = adapter.prepare(turnOf(agentSettings({ kind })), never)
    await expect(rejected).rejects.toMatchObject({
      code: 'agent_missing',
      message: expect.stringMatching(new RegExp(`^${kind} is not on PATH; install .* or set "binary"`)),
    })
    const report = await adapter.report(agentSettings({ kind }), never)
    expect(report).toMatchObject({
      available: false,
      binary: null,
      problem: expect.stringContaining('install'),
    })
  })

  it('is reported with its version', async () => {
    const report = await create(source).report(await settingsOf(kind), never)
    expect(report).toMatchObject({ available: true, binary: FAKE_AGENT, version: '9.9.9', problem: null })
  })
})

describe('the sign-in', () => {
  const asked = async () => (await calls()).filter(({ args }) => args[1] === 'status').length

  it.each(['claude', 'codex'])('of %s is asked, and a no refuses the turn with the remedy', async (kind) => {
    const adapter = (KINDS[kind] as Kind).create(source)
    const settings = await settingsOf(kind, { FAKE_AGENT_SIGNED_IN: 'no' })
    await expect(adapter.prepare(turnOf(settings), never)).rejects.toMatchObject({
      code: 'launch_error',
      message: expect.stringMatching(/is not signed in\. Run `/),
    })
    expect(await adapter.report(settings, never)).toMatchObject({ available: false, signedIn: 'no' })
    // A no is not believed for long: the remedy takes moments.
    expect(await asked()).toBe(2)
  })

  it('is cached for a while once it exists', async () => {
    const adapter = claudeAdapter(source)
    const settings = await settingsOf('claude')
    await adapter.prepare(turnOf(settings), never)
    await adapter.prepare(turnOf(settings), never)
    expect(await adapter.report(settings, never)).toMatchObject({ signedIn: 'yes' })
    expect((await calls()).map(({ args }) => args.join(' '))).toEqual(['--version', 'auth status'])
  })

  it.each<[string, Record<string, string>]>([
    ['claude', { ANTHROPIC_API_KEY: 'k' }],
    ['codex', { CODEX_API_KEY: 'k' }],
    ['gemini', { GEMINI_API_KEY: 'k' }],
    ['copilot', { GH_TOKEN: 'k' }],
  ])('of %s is not needed with a key', async (kind, env) => {
    const report = await (KINDS[kind] as Kind).create(source).report(await settingsOf(kind, env), never)
    expect(report.signedIn).toBe('not_needed')
    expect(await asked()).toBe(0)
  })

  it.each([
    ['claude', '.claude/.credentials.json', '{}', 'yes'],
    ['claude', '.claude/settings.json', '{"apiKeyHelper": "x"}', 'unknown'],
    ['codex', '.codex/auth.json', '{}', 'yes'],
    ['codex', '.codex/config.toml', 'model_provider = "mine"', 'unknown'],
    ['gemini', '.gemini/oauth_creds.json', '{}', 'yes'],
    ['opencode', '.local/share/opencode/auth.json', '{"anthropic": {"type": "oauth"}}', 'yes'],
    ['opencode', '.local/share/opencode/auth.json', '{}', 'unknown'],
    ['copilot', '.copilot/config.json', '{"logged_in_users": [{"login": "x"}]}', 'yes'],
    ['copilot', '.copilot/config.json', '{"logged_in_users": []}', 'unknown'],
  ])('of %s is told by %s', async (kind, path, content, signedIn) => {
    await mkdir(join(directory, path, '..'), { recursive: true })
    await writeFile(join(directory, path), content)
    const settings = await settingsOf(kind, { FAKE_AGENT_SIGNED_IN: 'no' })
    const report = await (KINDS[kind] as Kind).create(source).report(settings, never)
    expect(report).toMatchObject({ available: true, signedIn })
  })
})
