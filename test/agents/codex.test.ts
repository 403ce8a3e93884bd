import { describe, expect, it } from 'vitest'
import { codexAdapter } from '../../src/agents/codex.js'
import { describeHeadlessContract, outcomeOf } from './headless.js'

const adapter = codexAdapter({})
const THREAD = '01a205a0-58ae-7793-a6cc-9288c929fbc4'

const started = { type: 'thread.started', thread_id: THREAD }
const completed = { type: 'turn.completed', usage: { input_tokens: 10, output_tokens: 5 } }
const item = (type: 'started' | 'updated' | 'completed', fields: object) => ({
  type: `item.${type}`,
  item: fields,
})
const command = (status: string, more: object = {}) => ({
  ...{ id: 'item_3', type: 'command_execution', command: 'npm test', aggregated_output: '', exit_code: null },
  ...more,
  status,
})
const steps = (done: boolean) => ({
  ...{ id: 'item_2', type: 'todo_list' },
  items: [
    { text: 'look', completed: done },
    { text: 'write', completed: false },
  ],
})

const transcript = [
  started,
  item('completed', { id: 'item_0', type: 'error', message: 'Model metadata for `fake-model` not found.' }),
  { type: 'turn.started' },
  item('completed', { id: 'item_1', type: 'reasoning', text: '**Looking** at it' }),
  item('started', steps(false)),
  item('started', command('in_progress')),
  item('completed', command('failed', { aggregated_output: 'npm\n2 failed\n', exit_code: 1 })),
  item('updated', steps(true)),
  item('completed', { id: 'item_4', type: 'agent_message', text: 'Working on it' }),
  item('completed', {
    ...{ id: 'item_5', type: 'file_change', status: 'completed' },
    changes: [
      { path: 'src/größe.ts', kind: 'add' },
      { path: 'b.ts', kind: 'update' },
    ],
  }),
  item('started', {
    id: 'item_6',
    type: 'mcp_tool_call',
    server: 'docs',
    tool: 'find',
    arguments: { query: 'x' },
    status: 'in_progress',
  }),
  item('completed', {
    ...{ id: 'item_6', type: 'mcp_tool_call', server: 'docs', tool: 'find', arguments: { query: 'x' } },
    ...{ status: 'failed', error: { message: 'no server' } },
  }),
  item('completed', { id: 'item_7', type: 'web_search', query: 'weather' }),
  item('completed', { id: 'item_8', type: 'agent_message', text: 'Grüße 👋' }),
  item('completed', steps(true)),
  completed,
]

describe('Codex', () => {
  describeHeadlessContract(adapter, transcript)

  it('returns messages as paragraphs, and thoughts, plans and tools as lines', () => {
    const { output, session } = outcomeOf(adapter, transcript)
    expect(output).toEqual({
      stderr: 'Model metadata for `fake-model` not found.\n',
      thought: '**Looking** at it\nPlan: 0 of 2 done\nPlan: 1 of 2 done\n',
      text: 'Working on it\n\nGrüße 👋',
      tool:
        'Command: npm test\nCommand: npm test (failed: exit code 1: 2 failed)\n' +
        '\nFiles: add src/größe.ts, update b.ts (completed)\n' +
        'docs.find: x\ndocs.find: x (failed: no server)\nWeb search: weather (completed)\n',
    })
    expect(session).toBe(THREAD)
  })

  it('fails with the reason of the failed turn, after retries as diagnostics', () => {
    const lines = [
      started,
      { type: 'error', message: 'Reconnecting... 1/5' },
      { type: 'error', message: 'stream disconnected' },
      { type: 'turn.failed', error: { message: 'stream disconnected' } },
    ]
    const { output, verdict } = outcomeOf(adapter, lines, { exitCode: 1 })
    expect(output).toEqual({ stderr: 'Reconnecting... 1/5\n', error: 'stream disconnected\n' })
    expect(verdict).toEqual({ status: 'failed', endReason: 'exit', error: 'Codex: stream disconnected' })
  })

  it('does not report an overcome error as the reason of a kill', () => {
    const lines = [started, { type: 'error', message: 'a hiccup' }]
    expect(outcomeOf(adapter, lines, { exitCode: 143 }).verdict).toMatchObject({
      error: 'Codex exited with exit code 143 (SIGTERM)',
    })
  })

  it('rejects another thread than the one to resume', () => {
    expect(outcomeOf(adapter, transcript, { resumed: THREAD }).verdict).toEqual({ status: 'completed' })
    const { verdict, session } = outcomeOf(adapter, transcript, { resumed: 'other' })
    expect(verdict).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('another conversation'),
    })
    expect(session).toBeNull()
  })
})
