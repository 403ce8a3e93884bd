import { afterAll, describe, expect, it } from 'vitest'
import { kiroAdapter } from '../../src/agents/kiro.js'
import type { Turn } from '../../src/domain/adapter.js'
import { contents, describeDecoderContract } from './contract.js'
import { agentSettings, FAKE_KIRO, judge, runLaunch, runTurn, turnOf } from './launch.js'

const adapter = kiroAdapter(process.env)
const signal = new AbortController()
afterAll(() => signal.abort())

const TEXT_VERSION = '2.10.0'
const ANSWER = 'Grüße aus der Konsole 👩🏽‍💻!\n\n1. 日本語のテキスト\n2. naïve café — “quoted”\n\nDone. ✅\n'

function kiroTurn(scenario: string, env: Record<string, string> = {}, turn: Partial<Turn> = {}): Turn {
  const settings = agentSettings({
    kind: 'kiro',
    binary: FAKE_KIRO,
    env: { FAKE_KIRO_SCENARIO: scenario, ...env },
  })
  return turnOf(settings, turn)
}

function run(scenario: string, env: Record<string, string> = {}, turn: Partial<Turn> = {}) {
  return runTurn(adapter, kiroTurn(scenario, env, turn))
}

async function record(scenario: string, env: Record<string, string> = {}) {
  return runLaunch(await adapter.prepare(kiroTurn(scenario, env), signal.signal))
}

describe('events', () => {
  it.each(['ok', 'split', 'noise', 'tools', 'subagent', 'final-only'])(
    'give the answer: %s',
    async (scenario) => {
      const { pieces, verdict } = await run(scenario)
      expect(contents(pieces).text).toBe(ANSWER)
      expect(verdict).toEqual({ status: 'completed' })
    },
  )

  it('become thoughts, one line for a tool call and one for its failure', async () => {
    const { pieces } = await run('tools')
    expect(contents(pieces)).toMatchObject({ thought: 'I should look at the file.' })
    expect(contents(pieces).tool).toBe(
      '\nReading file: src/größe.ts\nRunning a command: npm test (failed: 2 tests failed)\n',
    )
  })

  it('leave nothing out: lines that are no events are diagnostics', async () => {
    const { pieces } = await run('noise')
    expect(contents(pieces).stderr).toContain('plain line 0\n')
    expect(contents(pieces).stderr).toContain('[1, 2]\n')
    expect(contents(pieces).stderr).toContain('WARN part 0 — späte Antwort\n')
  })

  it('contain the session for the next turn', async () => {
    const first = await run('ok', { FAKE_KIRO_SESSION: 'kiro-session-1' })
    expect(adapter.agentSessionId(first.state)).toBe('kiro-session-1')
    const next = await run('ok', {}, { agentSessionId: 'kiro-session-1' })
    expect(next.verdict).toEqual({ status: 'completed' })
    expect(adapter.agentSessionId(next.state)).toBe('kiro-session-1')
  })

  it('of another session than the one to resume are a failure, and do not replace it', async () => {
    const { verdict, state } = await run('other-session', {}, { agentSessionId: 'kiro-session-1' })
    expect(verdict).toMatchObject({ status: 'failed', endReason: 'agent_error' })
    expect(verdict).toMatchObject({ error: expect.stringContaining('another conversation') })
    expect(adapter.agentSessionId(state)).toBeNull()
  })
})

describe('promise 6: only positive proof completes a run with events', () => {
  it.each([
    ['empty', 'agent_error', /without an answer; check the API key/],
    ['cut-off', 'agent_error', /in the middle of its answer/],
    ['refusal', 'agent_error', /status error \(stop reason: refusal\)/],
    ['run-error', 'exit', /The model is overloaded\. \(stage: prompt\)/],
    ['crash', 'exit', /exit code 137 \(SIGKILL\)/],
    ['mcp-failed', 'exit', /MCP servers \(exit code 3\).*1 of 2 mcp servers/],
    ['no-agent', 'exit', /does not know the requested agent \(exit code 4\)/],
  ])('%s', async (scenario, endReason, error) => {
    const { verdict } = await run(scenario)
    expect(verdict).toEqual({ status: 'failed', endReason, error: expect.stringMatching(error) })
  })

  it('not an exit code for which no event is known', () => {
    const verdict = adapter.verdict({ exitCode: 0, decoderState: null, stderrTail: '' })
    expect(verdict).toMatchObject({ status: 'failed' })
  })
})

describe('text of older versions', () => {
  const env = { FAKE_KIRO_VERSION: TEXT_VERSION }

  it.each(['ok', 'split', 'noise'])('is the clean answer: %s', async (scenario) => {
    const { pieces, verdict } = await run(scenario, env)
    expect(contents(pieces).text).toBe(ANSWER)
    expect(contents(pieces).stderr).toContain('▸ Credits: 0.07 • Time: 4s')
    expect(verdict).toEqual({ status: 'completed' })
  })

  it('keeps marks that belong to the answer', async () => {
    const { pieces } = await run('ok', { ...env, FAKE_KIRO_TEXT: '> quoted\n> more' })
    expect(contents(pieces).text).toBe('> quoted\n> more')
  })

  it.each([
    ['empty', 'agent_error', /without an answer/],
    ['run-error', 'exit', /exit code 1: error: The model is overloaded/],
    ['crash', 'exit', /SIGKILL/],
    ['no-agent', 'exit', /\(exit code 4\)/],
  ])('promise 6: fails without proof: %s', async (scenario, endReason, error) => {
    const { verdict } = await run(scenario, env)
    expect(verdict).toEqual({ status: 'failed', endReason, error: expect.stringMatching(error) })
  })

  it('reports no session', async () => {
    const { state } = await run('ok', env)
    expect(adapter.agentSessionId(state)).toBeNull()
  })
})

const recorded = {
  'events with tools': await record('tools', { FAKE_KIRO_SESSION: 's', FAKE_KIRO_PARTS: '3' }),
  'events with noise': await record('noise', { FAKE_KIRO_SESSION: 's', FAKE_KIRO_PARTS: '3' }),
  'an error': await record('run-error', { FAKE_KIRO_SESSION: 's' }),
  text: await record('noise', { FAKE_KIRO_VERSION: TEXT_VERSION }),
}
describe.each(Object.entries(recorded))('the decoder of %s', (_, transcript) => {
  describeDecoderContract(adapter, transcript)

  it('leads to the same verdict from each saved state', () => {
    const { verdict } = judge(adapter, transcript)
    for (let cut = 0; cut <= transcript.out.length; cut += 13) {
      const first = adapter.decoder(transcript.state)
      first.decode('out', transcript.out.subarray(0, cut))
      const out = transcript.out.subarray(cut - first.unsettled('out'))
      expect(judge(adapter, { ...transcript, state: first.state(), out }).verdict).toEqual(verdict)
    }
  })
})
