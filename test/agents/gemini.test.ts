import { describe, expect, it } from 'vitest'
import { geminiAdapter } from '../../src/agents/gemini.js'
import { SpoolError } from '../../src/domain/errors.js'
import { describeHeadlessContract, outcomeOf } from './headless.js'
import { agentSettings } from './launch.js'

const adapter = geminiAdapter({})
const SESSION = '46b21120-7f9e-43de-90b7-f3f8c8486a3e'

const init = { type: 'init', session_id: SESSION, model: 'gemini-2.5-flash' }
const asked = { type: 'message', role: 'user', content: 'say hi' }
const textEvent = (content: string) => ({ type: 'message', role: 'assistant', content, delta: true })
const success = { type: 'result', status: 'success', stats: { total_tokens: 15, tool_calls: 1 } }

const transcript = [
  init,
  asked,
  textEvent('I will '),
  textEvent('run it. '),
  {
    ...{ type: 'tool_use', tool_name: 'run_shell_command', tool_id: 'run_1' },
    parameters: { command: 'echo größe', description: 'Run it' },
  },
  { type: 'tool_result', tool_id: 'run_1', status: 'success', output: 'größe' },
  { type: 'tool_use', tool_name: 'read_file', tool_id: 'read_1', parameters: { absolute_path: '/no' } },
  {
    ...{ type: 'tool_result', tool_id: 'read_1', status: 'error', output: 'Tool "read_file" not found.' },
    error: { type: 'tool_not_registered', message: 'Tool "read_file" not found.' },
  },
  { type: 'error', severity: 'warning', message: 'Loop detected, stopping execution' },
  textEvent('It is '),
  textEvent('done 👋.'),
  success,
]

describe('Gemini CLI', () => {
  describeHeadlessContract(adapter, transcript)

  it('returns text as it comes, tools as lines and warnings as diagnostics', () => {
    expect(outcomeOf(adapter, transcript).output).toEqual({
      text: 'I will run it. \n\nIt is done 👋.',
      tool: '\nrun_shell_command: echo größe\nread_file: /no\nread_file: /no (failed: Tool "read_file" not found.)\n',
      stderr: 'Loop detected, stopping execution\n',
    })
    expect(outcomeOf(adapter, transcript).session).toBe(SESSION)
  })

  it('fails with the error of the result, or with the last words', () => {
    const lines = [
      init,
      asked,
      { type: 'result', status: 'error', error: { type: 'Error', message: 'quota' } },
    ]
    expect(outcomeOf(adapter, lines, { exitCode: 1 }).verdict).toMatchObject({ error: 'Gemini CLI: quota' })
    const rejected = outcomeOf(adapter, [], { exitCode: 41, stderr: 'Invalid auth method selected.\n' })
    expect(rejected.verdict).toMatchObject({
      error: 'Gemini CLI exited with exit code 41: Invalid auth method selected.',
    })
  })

  it('rejects another session than the one to resume', () => {
    expect(outcomeOf(adapter, transcript, { resumed: SESSION }).verdict).toEqual({ status: 'completed' })
    expect(outcomeOf(adapter, transcript, { resumed: 'other' })).toMatchObject({
      verdict: { status: 'failed' },
      session: null,
    })
  })

  it('refuses a message that it would cut', () => {
    const message = 'x'.repeat(8 * 1024 * 1024 + 1)
    const check = () => adapter.check({ message, settings: agentSettings({ kind: 'gemini' }), argv: null })
    expect(check).toThrow(SpoolError)
    expect(check).toThrow(/at most 8388608 bytes/)
  })
})
