import { readExisting } from '../../client/follow.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import { ERROR_CODES } from '../../domain/errors.js'
import { QUESTION_NOTICE } from '../../domain/question.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { StatusResult } from '../../mcp/results/status.js'
import { EXIT } from '../errors.js'
import { warn } from '../terminal/print.js'
import { type ProgressLine, progressLine } from '../terminal/progress.js'
import { type ChunkPrinter, createChunkPrinter, type PrintOptions } from './chunk-printer.js'
import { createLabelledPrinter } from './labelled-printer.js'

export interface FollowedTask {
  taskId: string
  /** First chunk to print. */
  from: number
  /** False prints the existing output and ends. */
  wait: boolean
  /** Creation time of the task, ms since 1970. */
  createdAt: number
  /** Prefix of its lines if several tasks are followed. */
  label: string
}

/** A task that is being followed. */
interface Following extends FollowedTask {
  printer: ChunkPrinter
  /** Index of the next chunk. */
  next: number
  isOver: boolean
}

/**
 * Prints the chunks of a task as they come: the answer to standard output, everything else to standard error. Resolves with
 * the exit code: the task's own if it has one. Ctrl-C detaches and prints how to follow the task again; it cancels nothing.
 */
export function followTask(
  client: SpooldClient,
  taskId: string,
  { options = {}, ...task }: Omit<FollowedTask, 'taskId' | 'label'> & { options?: PrintOptions },
): Promise<number> {
  return followTasks(client, [{ ...task, taskId, label: '' }], options)
}

/**
 * The same for several tasks, each line with the label of its task. The exit code is that of the first task, in the given
 * order, whose exit code is not 0.
 */
export async function followTasks(
  client: SpooldClient,
  tasks: readonly FollowedTask[],
  options: PrintOptions,
): Promise<number> {
  let isInterrupted = false
  const end = new AbortController()
  const onInterrupt = () => {
    isInterrupted = true
    end.abort()
  }
  process.once('SIGINT', onInterrupt)
  // All of them can wait for a slow reader at the same time.
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(10 + tasks.length)
  const progress = progressLine(process.stderr, Math.min(...tasks.map(({ createdAt }) => createdAt)))
  const following = tasks.map((task, index): Following => {
    const printer =
      tasks.length === 1
        ? createChunkPrinter(options, end.signal)
        : createLabelledPrinter(task.label, index, options, end.signal)
    return { ...task, printer, next: task.from, isOver: false }
  })
  try {
    const codes = await Promise.all(following.map((task) => follow(client, task, progress, end.signal)))
    return codes.find((code) => code !== EXIT.done) ?? EXIT.done
  } catch (error) {
    if (!isInterrupted) throw error
  } finally {
    // If one cannot be followed, the others are not followed either.
    end.abort()
    process.off('SIGINT', onInterrupt)
    progress.stop()
  }
  printHowToFollowAgain(following.filter((task) => !task.isOver))
  return EXIT.interrupted
}

/** Follows one task and resolves with its exit code. Throws the signal's reason when it aborts. */
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
      if (wait && isQuestion(step.value))
        printer.hint(`to see and answer the question: spoold respond ${taskId}`)
      progress.count(Buffer.byteLength(step.value.content))
      signal.throwIfAborted()
      step = await chunks.next()
    }
    task.isOver = true
    const { end_reason: reason } = step.value
    if (isErrorCode(reason)) printer.hint(`for causes and remedies: spoold explain ${reason} (${reason})`)
    return exitCodeOf(step.value)
  } finally {
    await printer.end()
  }
}

function printHowToFollowAgain(tasks: Following[]): void {
  // After the ^C that the terminal shows.
  if (process.stderr.isTTY) process.stderr.write('\n')
  const ids = tasks.map(({ taskId }) => taskId).join(' ')
  warn(
    tasks.length === 1
      ? `detached; the task continues. To end it: spoold cancel ${ids}`
      : `detached; the tasks continue. To end them: spoold cancel ${ids}`,
  )
  for (const { taskId, next } of tasks) warn(`to follow it again: spoold tail ${taskId} --from ${next}`)
}

/** 0 for a task that is still running. */
function exitCodeOf({ status, is_done, exit_code }: StatusResult): number {
  if (!is_done) return EXIT.done
  return status === 'completed' ? (exit_code ?? EXIT.done) : exit_code || EXIT.failed
}

/** Whether the end reason is an error code with an explanation. */
function isErrorCode(reason: string | null | undefined): boolean {
  return (ERROR_CODES as readonly unknown[]).includes(reason)
}

/** Only spoold writes notices, so the text of an agent cannot imitate one. */
function isQuestion({ kind, content }: ChunkResult): boolean {
  return kind === 'notice' && content.includes(QUESTION_NOTICE)
}
