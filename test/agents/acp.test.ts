import { describe, expect, it } from 'vitest'
import { initializeLine } from '../../src/agents/acp/handshake.js'
import { type AcpOrder, freshAcpTurn } from '../../src/agents/acp/state.js'
import { AcpTurn } from '../../src/agents/acp/turn.js'
import { acpAdapter } from '../../src/agents/acp.js'
import type { PermissionPolicy } from '../../src/domain/permission-policy.js'
import { contents, describeDecoderContract } from './contract.js'
import { agentSettings, turnOf } from './launch.js'

const adapter = acpAdapter({ PATH: process.env.PATH ?? '' })
const SESSION = 'ses_1'

function order(over: Partial<AcpOrder> = {}): AcpOrder {
  return { workingDirectory: '/w', model: null, authMethod: null, permissions: 'deny', resume: null, ...over }
}

function fresh(over: Partial<AcpOrder> = {}) {
  return freshAcpTurn(order(over), initializeLine())
}

const update = (given: object) => ({
  jsonrpc: '2.0',
  method: 'session/update',
  params: { sessionId: SESSION, update: given },
})
const chunk = (sessionUpdate: string, text: string) =>
  update({ sessionUpdate, content: { type: 'text', text } })
const answer = (id: number, result: object) => ({ jsonrpc: '2.0', id, result })

/** A turn as an agent prints it. */
const TURN = [
  answer(1, { protocolVersion: 1, agentCapabilities: { loadSession: true }, authMethods: [] }),
  answer(2, { sessionId: SESSION }),
  update({ sessionUpdate: 'available_commands_update', availableCommands: [] }),
  chunk('agent_thought_chunk', 'Let me see. '),
  update({ sessionUpdate: 'tool_call', toolCallId: 'c', title: 'ls', status: 'pending', kind: 'execute' }),
  {
    jsonrpc: '2.0',
    id: 'p1',
    method: 'session/request_permission',
    params: {
      sessionId: SESSION,
      toolCall: { toolCallId: 'c', title: 'ls -la 日本' },
      options: [
        { optionId: 'y', name: 'Yes', kind: 'allow_once' },
        { optionId: 'n', name: 'No', kind: 'reject_once' },
      ],
    },
  },
  { jsonrpc: '2.0', id: 7, method: 'fs/read_text_file', params: { path: '/etc/passwd' } },
  update({ sessionUpdate: 'tool_call_update', toolCallId: 'c', status: 'completed' }),
  chunk('agent_message_chunk', 'Grüße '),
  chunk('agent_message_chunk', '👩🏽‍💻\n'),
  update({ sessionUpdate: 'something_new', words: 'keep me' }),
  answer(3, { stopReason: 'end_turn' }),
]

const bytes = (lines: readonly (object | string)[]) =>
  Buffer.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))

function decode(lines: readonly (object | string)[], over: Partial<AcpOrder> = {}) {
  const turn = new AcpTurn(fresh(over))
  const reported = contents([...turn.decode('out', bytes(lines)), ...turn.end()])
  return { turn, reported, sent: sentMessages(turn) }
}

/** What the turn wants said, as messages. */
function sentMessages(turn: AcpTurn): Record<string, unknown>[] {
  const { text } = turn.unwritten('hello') ?? { text: '' }
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

describe.each<PermissionPolicy>(['ask', 'deny'])('the decoder of ACP, permissions %s', (permissions) => {
  const state = { ...fresh({ permissions }) }
  describeDecoderContract(adapter, { state, out: bytes(TURN), err: Buffer.from('warning é\n') })
})

describe('a turn over ACP', () => {
  it('sends each message in order', () => {
    const { sent, reported } = decode(TURN)
    expect(sent.map(({ id, method }) => [id, method])).toEqual([
      [1, 'initialize'],
      [2, 'session/new'],
      [3, 'session/prompt'],
      ['p1', undefined],
      [7, undefined],
    ])
    expect(sent[2]?.params).toEqual({ sessionId: SESSION, prompt: [{ type: 'text', text: 'hello' }] })
    expect(sent[3]?.result).toEqual({ outcome: { outcome: 'selected', optionId: 'n' } })
    expect(sent[4]?.error).toMatchObject({ code: -32601 })
    expect(reported.text).toBe('Grüße 👩🏽‍💻\n')
    expect(reported.thought).toBe('Let me see. ')
    expect(reported.notice).toContain('keep me')
    expect(reported.notice).toContain('Permission was denied: ls -la 日本')
  })

  it('returns byte offsets of outgoing messages, and drops written ones', () => {
    const turn = new AcpTurn(fresh())
    const first = turn.unwritten('日本')
    if (!first) throw new Error('nothing to say')
    expect(first.offset).toBe(0)
    turn.written(first)
    expect(turn.unwritten('日本')).toBeNull()
    turn.decode('out', bytes(TURN.slice(0, 1)))
    expect(turn.unwritten('日本')?.offset).toBe(Buffer.byteLength(first.text))
  })

  it.each(TURN.map((_, index) => index))('tolerates a damaged line %i, and keeps the rest', (index) => {
    const whole = decode(TURN).reported
    const line = JSON.stringify(TURN[index])
    const lines = TURN.map((given, at) => (at === index ? line.slice(0, line.length - 3) : given))
    const { reported } = decode(lines)
    expect(reported.notice).toContain('[Invalid message of the agent')
    const texts = index === 8 ? '👩🏽‍💻\n' : index === 9 ? 'Grüße ' : whole.text
    // Without the session's id the updates cannot be told from those of another one, and are kept.
    expect(reported.text).toBe(texts)
  })

  it.each([
    [{ code: -32000, message: 'Authentication required' }, /not signed in.*it knows: key, browser/],
    [
      { code: -32603, message: 'Internal error', data: { details: 'disk' } },
      /Internal error: disk \(in response to session\)/,
    ],
  ])('ends with a sentence where the session is refused: %j', (error, sentence) => {
    const authMethods = [
      { id: 'key', name: 'Key' },
      { id: 'browser', name: 'Browser' },
    ]
    const { turn } = decode([
      answer(1, { protocolVersion: 1, authMethods }),
      { jsonrpc: '2.0', id: 2, error },
    ])
    expect(turn.isOver()).toBe(true)
    const verdict = adapter.verdict({ exitCode: 0, decoderState: { ...turn.state() }, stderrTail: '' })
    expect(verdict).toMatchObject({ status: 'failed', error: expect.stringMatching(sentence) })
  })

  it('withdraws a question that the agent cancels', () => {
    const cancelled = { jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 'p1' } }
    const { turn, sent } = decode([...TURN.slice(0, 6), cancelled], { permissions: 'ask' })
    expect(turn.question()).toBeNull()
    expect(sent.at(-1)).toMatchObject({ id: 'p1', error: { code: -32800 } })
  })

  it('keeps further questions until the one before is answered', () => {
    const again = { ...(TURN[5] as object), id: 'p2' }
    const { turn } = decode([...TURN.slice(0, 6), again], { permissions: 'ask' })
    expect(turn.question()?.id).toBe('q1')
    const pieces = turn.answer('q1', 'y')
    expect(turn.question()?.id).toBe('q2')
    expect(contents(pieces).notice).toContain('Answered "Yes"')
    expect(contents(pieces).notice).toContain('asks for permission')
    expect(turn.answer('q1', 'y')).toEqual([])
  })

  it('never applies a response to an unseen question with a reused id', () => {
    const off = { jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 'p1' } }
    const { turn } = decode([...TURN.slice(0, 6), off, TURN[5] as object], { permissions: 'ask' })
    expect(turn.question()?.id).toBe('q2')
    expect(turn.answer('q1', 'y')).toEqual([])
    expect(turn.question()?.id).toBe('q2')
  })

  it('announces the next question when one is withdrawn', () => {
    const again = { ...(TURN[5] as object), id: 'p2' }
    const off = { jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 'p1' } }
    const { reported, turn } = decode([...TURN.slice(0, 6), again, off], { permissions: 'ask' })
    expect(reported.notice?.match(/asks for permission/g)).toHaveLength(2)
    expect(turn.question()?.id).toBe('q2')
  })

  it('limits endless questions and huge ids and options', () => {
    const options = Array.from({ length: 200 }, (_, n) => ({
      optionId: `o${n}`,
      name: 'x'.repeat(5_000),
      kind: 'allow_once',
    }))
    const params = { sessionId: SESSION, toolCall: { toolCallId: 'c', title: 'y'.repeat(50_000) }, options }
    const asks = Array.from({ length: 100 }, (_, n) => ({
      ...{ jsonrpc: '2.0', method: 'session/request_permission', params },
      id: n % 2 ? 'z'.repeat(5_000) : `p${n}`,
    }))
    const { turn } = decode([...TURN.slice(0, 2), ...asks], { permissions: 'ask' })
    const outgoing = turn.unwritten('hello')
    if (outgoing) turn.written(outgoing)
    expect(JSON.stringify(turn.state()).length).toBeLessThan(24 * 1024)
  })

  it('shows and keeps no option whose id is no word', () => {
    const bad = ['\u001b]0;x\u0007', 'a\nb', '-rf', ' '].map((optionId) => ({
      optionId,
      name: 'Yes',
      kind: 'allow_once',
    }))
    const good = { optionId: 'no', name: '\u001b[2JNo\nNo', kind: 'reject_once' }
    const request = { ...(TURN[5] as object), params: { sessionId: SESSION, options: [...bad, 7, good] } }
    const { turn } = decode([...TURN.slice(0, 2), request], { permissions: 'ask' })
    expect(turn.question()?.options).toEqual([{ id: 'no', label: 'No No', kind: 'reject_once' }])
  })

  it('asks nobody after the turn, and ignores a second end', () => {
    const late = [TURN[5] as object, { jsonrpc: '2.0', id: 3, error: { code: -32603, message: 'again' } }]
    const { turn, sent } = decode([...TURN, ...late], { permissions: 'ask' })
    expect(turn.question()).toBeNull()
    expect(sent.at(-1)?.result).toEqual({ outcome: { outcome: 'cancelled' } })
    const verdict = adapter.verdict({ exitCode: 0, decoderState: { ...turn.state() }, stderrTail: '' })
    expect(verdict).toEqual({ status: 'completed' })
  })

  it('is asked to stop only once, also by the next daemon', () => {
    const { turn } = decode(TURN.slice(0, 4))
    turn.cancel()
    const next = new AcpTurn(JSON.parse(JSON.stringify(turn.state())))
    next.cancel()
    expect(sentMessages(next).filter(({ method }) => method === 'session/cancel')).toHaveLength(1)
  })

  it('asks for what the request itself describes', () => {
    const shown = { sessionUpdate: 'tool_call', toolCallId: 'c', title: 'Shell', status: 'in_progress' }
    const params = {
      sessionId: SESSION,
      toolCall: {
        toolCallId: 'c',
        title: 'Shell',
        locations: [{ path: '/w' }],
        rawInput: { command: 'rm -rf /' },
      },
      options: [{ optionId: 'y', name: 'Yes', kind: 'allow_once' }],
    }
    const request = { jsonrpc: '2.0', id: 1, method: 'session/request_permission', params }
    const lines = [...TURN.slice(0, 2), update({ ...shown, rawInput: { command: 'ls' } }), request]
    expect(decode(lines, { permissions: 'ask' }).turn.question()?.text).toBe('Shell: rm -rf /')
  })

  it('fails an agent that floods it with requests', () => {
    const flood = Array.from({ length: 5_000 }, () => ({ jsonrpc: '2.0', id: 1, method: 'x' }))
    const { turn } = decode([...TURN.slice(0, 2), ...flood])
    expect(turn.isOver()).toBe(true)
    expect(JSON.stringify(turn.state()).length).toBeLessThan(40 * 1024)
  })

  it('accepts errors of any shape', () => {
    const { turn } = decode([TURN[0] as object, { jsonrpc: '2.0', id: 2, error: 'no room' }])
    expect(turn.isOver()).toBe(true)
    expect(turn.state().error).toContain('no room')
  })

  it('starts a paragraph after a tool call', () => {
    const tool = { sessionUpdate: 'tool_call', toolCallId: 't', title: 'ls', status: 'in_progress' }
    const lines = [
      chunk('agent_message_chunk', 'Let me look.'),
      update(tool),
      chunk('agent_message_chunk', 'Good.'),
    ]
    const { reported } = decode([...TURN.slice(0, 2), ...lines])
    expect(reported.text).toBe('Let me look.\n\nGood.')
  })
})

describe('the launch of an agent over ACP', () => {
  it('names the program and its arguments, and leaves the message for the dialogue', async () => {
    const settings = agentSettings({ kind: 'acp', argv: ['sh', '-c', 'true'], args: ['more'], model: 'm' })
    const launch = await adapter.prepare(
      turnOf(settings, { agentSessionId: 's' }),
      new AbortController().signal,
    )
    expect(launch.argv.slice(1)).toEqual(['-c', 'true', 'more'])
    expect(launch.input).toEqual({ is: 'dialogue' })
    expect(launch.decoderState).toMatchObject({ order: { model: 'm', resume: 's', permissions: 'deny' } })
  })

  it('refuses a program that is not there', async () => {
    const settings = agentSettings({ kind: 'acp', argv: ['no-such-agent'] })
    await expect(adapter.prepare(turnOf(settings), new AbortController().signal)).rejects.toMatchObject({
      code: 'agent_missing',
    })
    const report = await adapter.report(settings, new AbortController().signal)
    expect(report).toMatchObject({ available: false, problem: expect.stringContaining('no-such-agent') })
  })
})
