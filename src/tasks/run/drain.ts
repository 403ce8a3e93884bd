import type { AttachedProcess } from './attach.js'
import type { RunContext } from './context.js'
import { droppedNotice, judge } from './judge.js'
import type { ExitCause, RunState } from './state.js'

/** Reads the rest of a process's output, and judges how the task ended. */
export async function drain(
  process: AttachedProcess,
  cause: ExitCause,
  { limits }: RunContext,
): Promise<RunState> {
  const { run, adapter, ingest, conversation } = process
  await ingest.drain()
  // The last output may be beyond the limit, which then applies to what is left of the process.
  if (cause.kind === 'exited' && ingest.isOverLimit()) return { name: 'following', process }
  // If the agent reported the end of its turn, it does not matter how its process went away.
  const isClosed = cause.kind === 'vanished' && conversation?.isOver()
  const pieces = ingest.end()
  const outcome = judge(isClosed ? { kind: 'closed' } : cause, process, limits.outputLimitBytes)
  pieces.push(...droppedNotice(outcome, ingest.droppedBytes()))
  const agentSessionId = adapter.agentSessionId(ingest.decoderState())
  process.close()
  return {
    name: 'finishing',
    end: { taskId: run.taskId, attempt: run.attempt, pieces, outcome, agentSessionId },
  }
}
