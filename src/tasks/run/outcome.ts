import type { AgentAdapter, Evidence } from '../../domain/adapter.js'
import { MAX_CHUNK_BYTES, type Piece } from '../../domain/chunk.js'
import type { Finish } from '../../domain/store.js'
import type { StopReason, Task } from '../../domain/task.js'
import { splitBytes } from '../../domain/text.js'

type Outcome = Finish['outcome']

export function ofVerdict(adapter: AgentAdapter, evidence: Evidence): Outcome {
  const verdict = adapter.verdict(evidence)
  return verdict.status === 'completed'
    ? { status: 'completed', exitCode: evidence.exitCode }
    : { ...verdict, exitCode: evidence.exitCode }
}

/** The end of a task that spoold stopped. `droppedBytes` is what it wrote beyond the output limit. */
export function ofStop(
  reason: StopReason,
  task: Task,
  facts: { exitCode: number | null; outputLimitBytes: number; droppedBytes: number },
): Outcome {
  const { exitCode } = facts
  const failed = (endReason: Exclude<StopReason, 'cancelled'>, error: string): Outcome => ({
    status: 'failed',
    endReason,
    error,
    exitCode,
  })
  switch (reason) {
    case 'cancelled':
      return { status: 'cancelled', exitCode }
    case 'timeout':
      return failed('timeout', `The time limit of ${seconds(task.timeoutMs)} s was reached.`)
    case 'stalled':
      return failed(
        'stalled',
        `There was no output for ${seconds(task.stallMs)} s, the task's silence limit.`,
      )
    case 'output_limit':
      return failed(
        'output_limit',
        `The output limit of ${facts.outputLimitBytes} bytes was reached; ${facts.droppedBytes} bytes beyond it were dropped.`,
      )
  }
}

/** No exit code was left and nothing of the task lives: success would be a guess. */
export function ofLoss(rebooted: boolean): Outcome {
  return {
    status: 'failed',
    endReason: 'lost',
    error: rebooted
      ? 'The machine was restarted while the task ran; what it had written is kept.'
      : 'The process vanished without leaving an exit code (it was killed from outside, or its spool was removed); what was read of it is kept.',
    exitCode: null,
  }
}

/** The chunks that end a task: the given pieces, then the outcome. A long error takes several chunks; only the last is final. */
export function endPieces(pieces: Piece[], outcome: Outcome): Pick<Finish, 'pieces' | 'finalPiece'> {
  const { kind, content } = finalPiece(outcome)
  const parts = splitBytes(content, MAX_CHUNK_BYTES).map((part): Piece => ({ kind, content: part }))
  const last = parts.pop() as Piece
  return { pieces: [...pieces, ...parts], finalPiece: last }
}

/** A success adds no words to the answer. */
function finalPiece(outcome: Outcome): Piece {
  switch (outcome.status) {
    case 'completed':
      return { kind: 'notice', content: '' }
    case 'failed':
      return { kind: 'error', content: `\nError: ${outcome.error}` }
    case 'cancelled':
      return { kind: 'notice', content: '\nCancelled.' }
  }
}

function seconds(ms: number | null): number {
  return (ms ?? 0) / 1000
}
