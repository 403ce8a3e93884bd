import type { Verdict } from '../../domain/adapter.js'
import { describeExit, withReason } from '../program/process-end.js'
import type { KiroEventsState } from './events.js'
import type { KiroTextState } from './text.js'

/** Exit codes of kiro-cli with a special meaning. */
const EXIT_CODES: Record<number, string> = {
  3: 'kiro-cli could not start one of its MCP servers (exit code 3); check its MCP configuration',
  4: 'kiro-cli does not know the requested agent (exit code 4); check "args" of the agent',
}

const NO_ANSWER = 'kiro-cli exited without an answer; check the API key'

/**
 * Judges the end of a run. Exit code 0 alone proves nothing (an invalid API key causes it too): with events the run must have
 * reported success, in text mode there must be an answer.
 */
export function kiroVerdict(
  state: KiroEventsState | KiroTextState,
  exitCode: number | null,
  stderrTail: string,
): Verdict {
  if (exitCode !== 0) {
    const reported = state.mode === 'events' && state.error !== null ? `kiro-cli: ${state.error}` : undefined
    const sentence = EXIT_CODES[exitCode ?? 1] ?? `kiro-cli exited with ${describeExit(exitCode)}`
    return failed('exit', reported ?? withReason(sentence, stderrTail))
  }
  if (state.mode === 'text') {
    return state.answered ? { status: 'completed' } : failed('agent_error', NO_ANSWER)
  }
  if (isOtherSession(state)) {
    return failed(
      'agent_error',
      `kiro-cli continued another conversation (${state.session}) than the requested one (${state.resumed}); start a new session.`,
    )
  }
  if (state.finished?.status === 'success') return { status: 'completed' }
  if (state.error !== null) return failed('agent_error', `kiro-cli: ${state.error}`)
  if (state.finished === null) {
    const sentence = state.answered ? 'kiro-cli exited in the middle of its answer' : NO_ANSWER
    return failed('agent_error', sentence)
  }
  const { status, stopReason } = state.finished
  const reason = stopReason === null ? '' : ` (stop reason: ${stopReason})`
  return failed('agent_error', `kiro-cli ended its run with status ${status}${reason}`)
}

/** Whether the run resumed another conversation than requested. */
export function isOtherSession(state: KiroEventsState): boolean {
  return state.resumed !== null && state.session !== null && state.session !== state.resumed
}

function failed(endReason: 'exit' | 'agent_error', error: string): Verdict {
  return { status: 'failed', endReason, error }
}
