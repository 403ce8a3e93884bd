import { readExisting } from '../../client/follow.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import { ERROR_CODES } from '../../domain/errors.js'
import { QUESTION_NOTICE } from '../../domain/question.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { StatusResult } from '../../mcp/results/status.js'
import { EXIT } from '../errors.js'
import { warn } from '../terminal/print.js'
import { type ProgressLine, progressLine } from '../terminal/progress.js'
import { type ChunkPrinter, createChunkPrinter, type View } from './chunk-printer.js'
import { createLabelledPrinter } from './labelled-printer.js'

export interface FollowedTask {
  taskId: string
  /** First chunk wanted. */
  from: number
  /** False prints what is there and ends. */
  wait: boolean
  /** When the task was created, ms since 1970. */
  createdAt: number
  /** What stands before its lines where several are followed. */
  label: string
}

/** A task while it is followed. */
interface Following extends FollowedTask {
  printer: ChunkPrinter
  /** The chunk to go on with. */
  next: number
  isOver: boolean
}

/**
 * Prints a task's chunks as they come: the answer to standard output, everything else to standard error. Gives the
 * exit code: the task's own where it has one. Ctrl-C detaches, says how to come back, and cancels nothing.
 */
export function followTask(
  client: SpooldClient,
  taskId: string,
  { view = {}, ...task }: Omit<FollowedTask, 'taskId' | 'label'> & { view?: View },
): Promise<number> {
  return followTasks(client, [{ ...task, taskId, label: '' }], view)
}

/**
 * The same with several tasks at once, each line behind the label of its task. The exit code is that of the first task, in
 * the order given, whose own is not 0.
 */
export async function followTasks(
  client: SpooldClient,
  tasks: readonly FollowedTask[],
  view: View,
): Promise<number> {
  let isInterrupted = false
  const end = new AbortController()
  const onInterrupt = () => {
    isInterrupted = true
    end.abort()
  }
  process.once('SIGINT', onInterrupt)
  // All of them may wait for a slow reader at once.
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(10 + tasks.length)
  const progress = progressLine(process.stderr, Math.min(...tasks.map(({ createdAt }) => createdAt)))
  const following = tasks.map((task, place): Following => {
    const printer =
      tasks.length === 1
        ? createChunkPrinter(view, end.signal)
        : createLabelledPrinter(task.label, place, view, end.signal)
    return { ...task, printer, next: task.from, isOver: false }
  })
  try {
    const codes = await Promise.all(following.map((task) => follow(client, task, progress, end.signal)))
    return codes.find((code) => code !== EXIT.done) ?? EXIT.done
  } catch (error) {
    if (!isInterrupted) throw error
  } finally {
    // Where one could not be followed, the others are not either.
    end.abort()
    process.off('SIGINT', onInterrupt)
    progress.stop()
  }
  tellHowToComeBack(following.filter((task) => !task.isOver))
  return EXIT.interrupted
}

/** Follows one task and gives its exit code. Throws the signal's reason when that aborts. */
async function follow(
  client: SpooldClient,
  task: Following,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<number> {
  const { taskId, from, wait, printer } = task
  const chunks = wait ? client.follow(taskId, from, { signal }) : readExisting(client, taskId, from)
  try {
    let step = await chunks.next()
    while (!step.done) {
      task.next = step.value.index + 1
      await printer.print(step.value)
      if (wait && isQuestion(step.value)) printer.hint(`see and answer it with: spoold respond ${taskId}`)
      progress.count(Buffer.byteLength(step.value.content))
      signal.throwIfAborted()
      step = await chunks.next()
    }
    task.isOver = true
    const { end_reason: reason } = step.value
    if (isErrorCode(reason)) printer.hint(`why, and what to do: spoold explain ${reason} (${reason})`)
    return exitCodeOf(step.value)
  } finally {
    await printer.end()
  }
}

function tellHowToComeBack(tasks: Following[]): void {
  // The terminal has shown ^C.
  if (process.stderr.isTTY) process.stderr.write('\n')
  const ids = tasks.map(({ taskId }) => taskId).join(' ')
  warn(
    tasks.length === 1
      ? `detached, the task goes on. To end it: spoold cancel ${ids}`
      : `detached, the tasks go on. To end them: spoold cancel ${ids}`,
  )
  for (const { taskId, next } of tasks) warn(`come back: spoold tail ${taskId} --from ${next}`)
}

/** A task that is still at work counts as done: there is nothing to complain of. */
function exitCodeOf({ status, is_done, exit_code }: StatusResult): number {
  if (!is_done) return EXIT.done
  return status === 'completed' ? (exit_code ?? EXIT.done) : exit_code || EXIT.failed
}

/** Of the reasons why tasks end, those that are errors with an explanation. */
function isErrorCode(reason: string | null | undefined): boolean {
  return (ERROR_CODES as readonly unknown[]).includes(reason)
}

/** An agent's own text cannot be one: notices are spoold speaking. */
function isQuestion({ kind, content }: ChunkResult): boolean {
  return kind === 'notice' && content.includes(QUESTION_NOTICE)
}
