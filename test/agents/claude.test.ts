import { describe, expect, it } from 'vitest'
import { claudeAdapter } from '../../src/agents/claude.js'
import { describeHeadlessContract, outcomeOf } from './headless.js'

const adapter = claudeAdapter({})
const SESSION = '24fde9bb-99a4-4537-9b99-c3f0f4d141ce'

/** Every event carries its session; those of a subagent the tool call that started it. */
function of(event: object, parent: string | null = null): object {
  return { ...event, parent_tool_use_id: parent, session_id: SESSION, uuid: 'fee626e5' }
}

function stream(event: object, parent: string | null = null): object {
  return of({ type: 'stream_event', event }, parent)
}

function delta(delta: object, parent: string | null = null): object {
  return stream({ type: 'content_block_delta', index: 0, delta }, parent)
}

function assistant(id: string, content: object[], parent: string | null = null): object {
  return of({ type: 'assistant', message: { id, role: 'assistant', content } }, parent)
}

function toolResult(id: string, content: unknown, isError?: boolean): object {
  const block = { type: 'tool_result', tool_use_id: id, content, ...(isError ? { is_error: true } : {}) }
  return of({ type: 'user', message: { role: 'user', content: [block] } })
}

const start = (id: string) => stream({ type: 'message_start', message: { id, content: [] } })
const stop = stream({ type: 'message_stop' })
const init = of({ type: 'system', subtype: 'init', model: 'fake-model', tools: ['Bash'] })
const success = of({
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'Grüße 👋 one',
  num_turns: 2,
})

const transcript = [
  init,
  of({ type: 'system', subtype: 'status', status: 'requesting' }),
  start('msg_1'),
  delta({ type: 'thinking_delta', thinking: 'I should ' }),
  delta({ type: 'thinking_delta', thinking: 'look.' }),
  assistant('msg_1', [{ type: 'thinking', thinking: 'I should look.', signature: 'x' }]),
  delta({ type: 'text_delta', text: 'Let me ' }),
  delta({ type: 'text_delta', text: 'see.' }),
  assistant('msg_1', [{ type: 'text', text: 'Let me see.' }]),
  delta({ type: 'input_json_delta', partial_json: '{"comm' }),
  assistant('msg_1', [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'npm test' } }]),
  stop,
  toolResult('toolu_1', 'Exit code 1\n2 tests failed', true),
  start('msg_2'),
  assistant('msg_2', [
    { type: 'tool_use', id: 'toolu_2', name: 'Read', input: { file_path: 'src/größe.ts' } },
  ]),
  stop,
  toolResult('toolu_2', [{ type: 'text', text: 'the file' }]),
  start('msg_3'),
  delta({ type: 'text_delta', text: 'Grüße 👋 ' }),
  delta({ type: 'text_delta', text: 'one' }),
  assistant('msg_3', [{ type: 'text', text: 'Grüße 👋 one' }]),
  stop,
  success,
]

describe('Claude Code', () => {
  describeHeadlessContract(adapter, transcript)

  it('separates thoughts, tools and text, and returns each message once', () => {
    const { output, session } = outcomeOf(adapter, transcript)
    expect(output).toEqual({
      thought: 'I should look.\n',
      text: 'Let me see.\n\nGrüße 👋 one',
      tool: '\nBash: npm test\nBash: npm test (failed: Exit code 1 2 tests failed)\nRead: src/größe.ts\n',
    })
    expect(session).toBe(SESSION)
  })

  it('uses the complete message if there were no deltas', () => {
    const lines = [
      init,
      assistant('msg_1', [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Hello' },
      ]),
      success,
    ]
    expect(outcomeOf(adapter, lines).output).toMatchObject({
      thought: 'hm\n',
      text: 'Hello',
    })
  })

  it('uses the result as the answer if there was no message', () => {
    expect(outcomeOf(adapter, [init, success]).output).toEqual({ text: 'Grüße 👋 one' })
  })

  it('returns a message once even if its start event is lost', () => {
    const lines = [
      init,
      delta({ type: 'text_delta', text: 'Hello' }),
      assistant('m', [{ type: 'text', text: 'Hello' }]),
    ]
    expect(outcomeOf(adapter, [...lines, success]).output.text).toBe('Hello')
  })

  it('ignores output of subagents', () => {
    const lines = [
      init,
      assistant('msg_1', [
        { type: 'tool_use', id: 'toolu_1', name: 'Task', input: { description: 'look around' } },
      ]),
      delta({ type: 'text_delta', text: 'inner' }, 'toolu_1'),
      assistant('msg_s', [{ type: 'text', text: 'inner' }], 'toolu_1'),
      toolResult('toolu_1', 'found'),
      assistant('msg_2', [{ type: 'text', text: 'outer' }]),
      success,
    ]
    expect(outcomeOf(adapter, lines).output).toEqual({ tool: 'Task: look around\n', text: 'outer' })
  })

  it('fails with the error of the result', () => {
    const result = {
      type: 'result',
      subtype: 'success',
      is_error: true,
      result: 'Not logged in · Please run /login',
    }
    const message = {
      ...assistant('m', [{ type: 'text', text: 'Not logged in · Please run /login' }]),
      error: 'authentication_failed',
    }
    const { output, verdict } = outcomeOf(adapter, [init, message, of(result)], { exitCode: 1 })
    expect(output).toEqual({ error: 'Not logged in · Please run /login\n' })
    const error = 'Claude Code: Not logged in · Please run /login'
    expect(verdict).toEqual({ status: 'failed', endReason: 'exit', error })
    const limit = of({ type: 'result', subtype: 'error_max_turns', is_error: false, errors: [] })
    expect(outcomeOf(adapter, [init, limit]).verdict).toMatchObject({
      endReason: 'agent_error',
      error: 'Claude Code: error_max_turns',
    })
  })

  it('reports retries', () => {
    const retry = of({ type: 'system', subtype: 'api_retry', attempt: 2, error: 'overloaded' })
    expect(outcomeOf(adapter, [retry]).output.stderr).toContain('attempt 2): overloaded')
  })

  it('continues the requested conversation, or fails', () => {
    expect(outcomeOf(adapter, transcript, { resumed: SESSION })).toMatchObject({
      verdict: { status: 'completed' },
      session: SESSION,
    })
    expect(outcomeOf(adapter, transcript, { resumed: 'another' })).toMatchObject({
      verdict: { status: 'failed', error: expect.stringContaining('another conversation') },
      session: null,
    })
  })
})
