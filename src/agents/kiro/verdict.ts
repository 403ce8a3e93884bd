import type { Verdict } from '../../domain/adapter.js'
import { describeExit, withLastWords } from '../program/process-end.js'
import type { KiroEventsState } from './events.js'
import type { KiroTextState } from './text.js'

/** Exit codes of kiro-cli that have a meaning of their own. */
const KNOWN_EXITS: Record<number, string> = {
  3: 'kiro-cli could not start one of its MCP servers (exit code 3); check its MCP configuration',
  4: 'kiro-cli does not know the agent that it was told to use (exit code 4); check "args" of the agent',
}

const NO_ANSWER = 'kiro-cli ended without an answer; is the API key valid?'

/**
 * Judges the end of a run. Exit code 0 alone proves nothing (an invalid API key ends so, without a word): with events
 * the run must have said that it succeeded, in text mode there must be an answer.
 */
export function kiroVerdict(
  state: KiroEventsState | KiroTextState,
  exitCode: number | null,
  stderrTail: string,
): Verdict {
  if (exitCode !== 0) {
    const reported = state.mode === 'events' && state.error !== null ? `kiro-cli: ${state.error}` : undefined
    const sentence = KNOWN_EXITS[exitCode ?? 1] ?? `kiro-cli ended with ${describeExit(exitCode)}`
    return failed('exit', reported ?? withLastWords(sentence, stderrTail))
  }
  if (state.mode === 'text') {
    return state.answered ? { status: 'completed' } : failed('agent_error', NO_ANSWER)
  }
  if (isOtherSession(state)) {
    return failed(
      'agent_error',
      `kiro-cli went on in another conversation (${state.session}) than the one asked for (${state.resumed}); start a new session.`,
    )
  }
  if (state.finished?.status === 'success') return { status: 'completed' }
  if (state.error !== null) return failed('agent_error', `kiro-cli: ${state.error}`)
  if (state.finished === null) {
    const sentence = state.answered ? 'kiro-cli ended in the middle of its answer' : NO_ANSWER
    return failed('agent_error', sentence)
  }
  const { status, stopReason } = state.finished
  const reason = stopReason === null ? '' : ` (stop reason: ${stopReason})`
  return failed('agent_error', `kiro-cli ended its run with status ${status}${reason}`)
}

/** Whether the run resumed something else than what was asked for. */
export function isOtherSession(state: KiroEventsState): boolean {
  return state.resumed !== null && state.session !== null && state.session !== state.resumed
}

function failed(endReason: 'exit' | 'agent_error', error: string): Verdict {
  return { status: 'failed', endReason, error }
}
