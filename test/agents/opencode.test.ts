import { describe, expect, it } from 'vitest'
import { opencodeAdapter } from '../../src/agents/opencode.js'
import { describeHeadlessContract, outcomeOf } from './headless.js'

const adapter = opencodeAdapter({})
const SESSION = 'ses_dfa60fd97ffeXPV0n4F9rog6fB'

const event = (type: string, part: object) => ({ type, timestamp: 1795390640148, sessionID: SESSION, part })
const begin = event('step_start', { id: 'prt_0', type: 'step-start' })
const finish = (reason: string) => event('step_finish', { id: 'prt_9', reason, type: 'step-finish', cost: 0 })
const text = (id: string, text: string) =>
  event('text', { id, type: 'text', text, time: { start: 1, end: 2 } })
const tool = (callID: string, tool: string, state: object) =>
  event('tool_use', { type: 'tool', tool, callID, state })

const transcript = [
  begin,
  event('reasoning', { id: 'prt_1', type: 'reasoning', text: 'hm, größer' }),
  text('prt_2', 'I will run it. '),
  tool('call_1', 'bash', {
    ...{ status: 'completed', input: { command: 'echo 1', description: 'Run it' }, output: '1\n' },
    ...{ metadata: { output: '1\n', exit: 0 }, title: 'echo 1' },
  }),
  tool('call_2', 'bash', {
    ...{ status: 'completed', input: { command: 'false' }, output: 'to-stderr\n' },
    ...{ metadata: { exit: 3 }, title: 'false' },
  }),
  tool('call_3', 'edit', { status: 'error', input: { filePath: 'a.ts' }, error: 'rejected permission' }),
  finish('tool-calls'),
  begin,
  text('prt_3', 'It is done 👋.'),
  finish('stop'),
]

describe('OpenCode', () => {
  describeHeadlessContract(adapter, transcript)

  it('returns parts as they end, and a tool with its outcome', () => {
    const { output, session } = outcomeOf(adapter, transcript)
    expect(output).toEqual({
      thought: 'hm, größer\n',
      text: 'I will run it. \n\nIt is done 👋.',
      tool: '\nbash: echo 1 (completed)\nbash: false (failed: exit code 3: to-stderr)\nedit: a.ts (failed: rejected permission)\n',
    })
    expect(session).toBe(SESSION)
  })

  it('has failed if it stopped at a tool: exit code 0 is no proof', () => {
    const { verdict } = outcomeOf(adapter, [begin, finish('tool-calls')])
    expect(verdict).toMatchObject({ status: 'failed', endReason: 'agent_error' })
    expect(verdict).toMatchObject({
      error: expect.stringMatching(/without an answer.*"permissions": "allow"/),
    })
  })

  it('fails with its error, or with the reason of its last step', () => {
    const error = { name: 'APIError', data: { message: 'Connection refused' } }
    const broken = outcomeOf(adapter, [begin, { type: 'error', sessionID: SESSION, error }], { exitCode: 1 })
    expect(broken.output).toEqual({ error: 'Connection refused\n' })
    expect(broken.verdict).toMatchObject({ endReason: 'exit', error: 'OpenCode: Connection refused' })
    expect(outcomeOf(adapter, [begin, text('p', 'half'), finish('length')]).verdict).toMatchObject({
      error: 'OpenCode: its last step ended with the reason length',
    })
  })

  it('rejects another session than the one to resume', () => {
    expect(outcomeOf(adapter, transcript, { resumed: SESSION }).verdict).toEqual({ status: 'completed' })
    expect(outcomeOf(adapter, transcript, { resumed: 'ses_other' })).toMatchObject({
      verdict: { status: 'failed' },
      session: null,
    })
  })
})
