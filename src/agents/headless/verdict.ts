import type { Evidence, Verdict } from '../../domain/adapter.js'
import { describeExit, withReason } from '../program/process-end.js'
import type { HeadlessKind } from './kind.js'
import { isOtherSession, type RunFacts } from './state.js'

/**
 * Judges the end of a run. Exit code 0 alone proves nothing: the run must have reported success, in the requested
 * conversation.
 */
export function headlessVerdict(
  { title, unfinished }: HeadlessKind,
  run: RunFacts,
  { exitCode, stderrTail }: Evidence,
): Verdict {
  const complaint = run.finished === null ? run.error : run.finished.problem
  if (exitCode !== 0) {
    // The reason of a kill is not an earlier error of the run.
    const wasKilled = exitCode === null || exitCode > 128
    if (complaint !== null && !wasKilled) return failed('exit', `${title}: ${complaint}`)
    return failed('exit', withReason(`${title} exited with ${describeExit(exitCode)}`, stderrTail))
  }
  if (isOtherSession(run)) {
    const sentence = `${title} continued another conversation (${run.session}) than the requested one (${run.resumed}); start a new session.`
    return failed('agent_error', sentence)
  }
  if (run.finished?.problem === null) return { status: 'completed' }
  if (complaint !== null) return failed('agent_error', `${title}: ${complaint}`)
  const sentence = `${title} ended ${run.answered ? 'in the middle of its answer' : 'without an answer'}`
  if (unfinished !== undefined) return failed('agent_error', `${sentence}; ${unfinished}`)
  return failed('agent_error', withReason(sentence, stderrTail))
}

function failed(endReason: 'exit' | 'agent_error', error: string): Verdict {
  return { status: 'failed', endReason, error }
}
