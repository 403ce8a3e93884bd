import type { AgentAdapter } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import type { Finish, Run } from '../../domain/store.js'
import type { RunContext } from './context.js'
import type { ExitCause } from './follow.js'
import type { Ingest } from './ingest.js'
import { ofLoss, ofStop, ofVerdict } from './outcome.js'

/** What the end of a followed process means for its task. */
export function judge(
  ending: ExitCause,
  run: Run,
  adapter: AgentAdapter,
  ingest: Ingest,
  context: RunContext,
): Finish['outcome'] {
  switch (ending.how) {
    case 'exited':
      return ofVerdict(adapter, {
        exitCode: ending.exitCode,
        decoderState: ingest.decoderState(),
        stderrTail: ingest.stderrTail(),
      })
    case 'dismissed':
      return ofVerdict(adapter, {
        exitCode: null,
        decoderState: ingest.decoderState(),
        stderrTail: ingest.stderrTail(),
      })
    case 'stopped':
      return ofStop(ending.reason, run.task, {
        exitCode: ending.exitCode,
        outputLimitBytes: context.limits.outputLimitBytes,
        droppedBytes: ingest.droppedBytes(),
      })
    case 'vanished':
      return ofLoss(ending.rebooted)
  }
}

/** Output that is not kept is told, however the task ended; at the output limit its error tells it already. */
export function lossNotice(outcome: Finish['outcome'], droppedBytes: number): Piece[] {
  const isTold = outcome.status === 'failed' && outcome.endReason === 'output_limit'
  if (droppedBytes === 0 || isTold) return []
  return [{ kind: 'notice', content: `\n${droppedBytes} bytes beyond the output limit were dropped.` }]
}

export function nothingDropped({ limits }: RunContext) {
  return { outputLimitBytes: limits.outputLimitBytes, droppedBytes: 0 }
}
