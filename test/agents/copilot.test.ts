import { describe, expect, it } from 'vitest'
import { copilotAdapter } from '../../src/agents/copilot.js'
import { describeHeadlessContract, outcomeOf } from './headless.js'

const adapter = copilotAdapter({})
const SESSION = 'f01391a6-570a-4725-a82f-71bc9c9998a5'

const event = (type: string, data: object, more: object = {}) => ({ type, data, id: '0247f967', ...more })
const result = (exitCode: number) => ({
  type: 'result',
  sessionId: SESSION,
  exitCode,
  usage: { premiumRequests: 0 },
})
const textPart = (deltaContent: string, messageId = 'm1') =>
  event('assistant.message_delta', { messageId, deltaContent }, { ephemeral: true })
const toolStart = (toolCallId: string, toolName: string, args: object) =>
  event('tool.execution_start', { toolCallId, toolName, arguments: args })

const transcript = [
  event('session.mcp_servers_loaded', { servers: [{ name: 'github', status: 'disabled' }] }),
  event('user.message', { content: 'say hi', transformedContent: 'say hi' }),
  event('assistant.turn_start', { turnId: '0' }),
  event('assistant.reasoning_delta', { reasoningId: 'r1', deltaContent: 'hm, ' }),
  event('assistant.reasoning_delta', { reasoningId: 'r1', deltaContent: 'größer' }),
  event('assistant.reasoning', { reasoningId: 'r1', content: 'hm, größer' }),
  textPart('Let me '),
  textPart('see.'),
  event('assistant.message', { messageId: 'm1', content: 'Let me see.', toolRequests: [{ name: 'bash' }] }),
  toolStart('t1', 'bash', { command: 'npm test' }),
  event('tool.execution_complete', {
    toolCallId: 't1',
    success: false,
    error: { message: '2 failed', code: 'failure' },
  }),
  toolStart('t2', 'view', { path: 'src/größe.ts' }),
  event('tool.execution_complete', { toolCallId: 't2', success: true, result: { content: 'the file' } }),
  event('assistant.message', { messageId: 'm2', content: 'Done 👋', toolRequests: [] }),
  event('assistant.turn_end', { turnId: '0' }),
  result(0),
]

describe('Copilot CLI', () => {
  describeHeadlessContract(adapter, transcript)

  it('separates thoughts, tools and text, and returns each message once', () => {
    const { output, session } = outcomeOf(adapter, transcript)
    expect(output).toEqual({
      thought: 'hm, größer\n',
      text: 'Let me see.\n\nDone 👋',
      tool: '\nbash: npm test\nbash: npm test (failed: 2 failed)\nview: src/größe.ts\n',
    })
    expect(session).toBe(SESSION)
  })

  it('ignores output of subagents', () => {
    const lines = [
      event('assistant.message', { messageId: 's', content: 'inner', parentToolCallId: 't1' }),
      event('assistant.message', { messageId: 's', content: 'inner' }, { agentId: 'a1' }),
      textPart('outer'),
      result(0),
    ]
    expect(outcomeOf(adapter, lines).output).toEqual({ text: 'outer' })
  })

  it('fails with the error of its session', () => {
    const lines = [event('session.error', { errorType: 'quota', message: 'No quota left' }), result(1)]
    const { output, verdict } = outcomeOf(adapter, lines, { exitCode: 1 })
    expect(output).toEqual({ error: 'No quota left\n' })
    expect(verdict).toEqual({ status: 'failed', endReason: 'exit', error: 'Copilot CLI: No quota left' })
  })

  it('rejects another session than the one to resume', () => {
    expect(outcomeOf(adapter, transcript, { resumed: SESSION }).verdict).toEqual({ status: 'completed' })
    expect(outcomeOf(adapter, transcript, { resumed: 'other' })).toMatchObject({
      verdict: { status: 'failed' },
      session: null,
    })
  })
})
