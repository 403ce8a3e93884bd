import { MAX_CHUNK_BYTES, type Piece } from '../../domain/chunk.js'
import type { Finish } from '../../domain/store.js'
import type { StopReason, Task } from '../../domain/task.js'
import { splitBytes } from '../../domain/text.js'
import type { AttachedProcess } from './attach.js'
import type { ExitCause } from './state.js'

type Outcome = Finish['outcome']

/** What the end of a process means for its task. */
export function judge(cause: ExitCause, process: AttachedProcess, outputLimitBytes: number): Outcome {
  switch (cause.kind) {
    case 'exited':
      return judgeByAdapter(cause.exitCode, process)
    case 'closed':
      return judgeByAdapter(null, process)
    case 'stopped': {
      const droppedBytes = process.ingest.droppedBytes()
      const { exitCode } = cause
      return outcomeOfStop(cause.reason, process.run.task, { exitCode, outputLimitBytes, droppedBytes })
    }
    case 'vanished':
      return outcomeOfLoss(cause.rebooted)
  }
}

function judgeByAdapter(exitCode: number | null, { adapter, ingest }: AttachedProcess): Outcome {
  const evidence = { exitCode, decoderState: ingest.decoderState(), stderrTail: ingest.stderrTail() }
  return { ...adapter.verdict(evidence), exitCode }
}

/** The outcome of a task that spoold stopped. `droppedBytes` is the output beyond the limit. */
export function outcomeOfStop(
  reason: StopReason,
  task: Task,
  facts: { exitCode: number | null; outputLimitBytes: number; droppedBytes: number },
): Outcome {
  const { exitCode, outputLimitBytes, droppedBytes } = facts
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
      return failed('timeout', `The time limit of ${inSeconds(task.timeoutMs)} s was reached.`)
    case 'stalled':
      return failed(
        'stalled',
        `There was no output for ${inSeconds(task.stallMs)} s, the task's silence limit.`,
      )
    case 'output_limit':
      return failed(
        'output_limit',
        `The output limit of ${outputLimitBytes} bytes was reached; ${droppedBytes} bytes beyond it were dropped.`,
      )
  }
}

/** No exit code was recorded and no process is left. To call this a success would be a guess. */
function outcomeOfLoss(rebooted: boolean): Outcome {
  return {
    status: 'failed',
    endReason: 'lost',
    error: rebooted
      ? 'The machine was restarted while the task ran; the output read before is kept.'
      : 'The process ended without recording an exit code (it was killed from outside, or its spool was removed); the output read before is kept.',
    exitCode: null,
  }
}

/** Reports dropped output, however the task ended; the error of the output limit already contains it. */
export function droppedNotice(outcome: Outcome, droppedBytes: number): Piece[] {
  const isReported = outcome.status === 'failed' && outcome.endReason === 'output_limit'
  if (droppedBytes === 0 || isReported) return []
  return [{ kind: 'notice', content: `\n${droppedBytes} bytes beyond the output limit were dropped.` }]
}

/**
 * The last chunks of a task: the given pieces, then the outcome. A long error takes several chunks, and only the last one
 * is final.
 */
export function endPieces(pieces: Piece[], outcome: Outcome): Pick<Finish, 'pieces' | 'finalPiece'> {
  const { kind, content } = outcomePiece(outcome)
  const parts = splitBytes(content, MAX_CHUNK_BYTES).map((part): Piece => ({ kind, content: part }))
  const finalPiece = parts.pop() as Piece
  return { pieces: [...pieces, ...parts], finalPiece }
}

/** The piece of a success is empty, so that it adds nothing to the answer. */
function outcomePiece(outcome: Outcome): Piece {
  switch (outcome.status) {
    case 'completed':
      return { kind: 'notice', content: '' }
    case 'failed':
      return { kind: 'error', content: `\nError: ${outcome.error}` }
    case 'cancelled':
      return { kind: 'notice', content: '\nCancelled.' }
  }
}

function inSeconds(ms: number | null): number {
  return (ms ?? 0) / 1000
}
