import { readWhatIsThere } from '../client/follow.js'
import type { SpooldClient } from '../client/spoold-client.js'
import { QUESTION_NOTICE } from '../domain/question.js'
import type { ChunkAnswer } from '../mcp/answers/chunk.js'
import type { StatusAnswer } from '../mcp/answers/status.js'
import { EXIT } from './errors.js'
import { progressLine } from './render/progress.js'
import { warn } from './say.js'
import { outputFor, writeOutput } from './write-output.js'

export interface FollowOptions {
  /** First chunk wanted. */
  from: number
  /** False prints what is there and ends. */
  wait: boolean
  /** When the task was created, ms since 1970. */
  createdAt: number
}

/**
 * Prints a task's chunks as they come: the answer to standard output, everything else to standard error. Gives the
 * exit code: the task's own where it has one. Ctrl-C detaches, says how to come back, and cancels nothing.
 */
export async function followTask(
  client: SpooldClient,
  taskId: string,
  options: FollowOptions,
): Promise<number> {
  const detach = new AbortController()
  const onInterrupt = () => detach.abort()
  process.once('SIGINT', onInterrupt)
  const progress = progressLine(process.stderr, options.createdAt)
  const printer = createPrinter(detach.signal)
  let next = options.from
  try {
    const chunks = options.wait
      ? client.follow(taskId, options.from, { signal: detach.signal })
      : readWhatIsThere(client, taskId, options.from)
    let step = await chunks.next()
    while (!step.done) {
      next = step.value.index + 1
      await printer.print(step.value)
      if (options.wait && isQuestion(step.value))
        printer.hint(`see and answer it with: spoold respond ${taskId}`)
      progress.count(Buffer.byteLength(step.value.content))
      detach.signal.throwIfAborted()
      step = await chunks.next()
    }
    return exitCodeOf(step.value)
  } catch (error) {
    if (!detach.signal.aborted) throw error
  } finally {
    process.off('SIGINT', onInterrupt)
    progress.stop()
    printer.endLine()
  }
  // The terminal has shown ^C.
  if (process.stderr.isTTY) process.stderr.write('\n')
  warn(`detached, the task goes on. Come back: spoold tail ${taskId} --from ${next}`)
  return EXIT.interrupted
}

/** A task that is still at work counts as done: there is nothing to complain of. */
function exitCodeOf({ status, is_done, exit_code }: StatusAnswer): number {
  if (!is_done) return EXIT.done
  return status === 'completed' ? (exit_code ?? EXIT.done) : exit_code || EXIT.failed
}

/** An agent's own text cannot be one: notices are spoold speaking. */
function isQuestion({ kind, content }: ChunkAnswer): boolean {
  return kind === 'notice' && content.includes(QUESTION_NOTICE)
}

interface Printer {
  /** A word of ours, on a line of its own. */
  hint(sentence: string): void
  print(chunk: ChunkAnswer): Promise<void>
  /** Ends a line on standard error, or on the terminal, that is half done. */
  endLine(): void
}

function createPrinter(signal: AbortSignal): Printer {
  let isHalfLine = false
  const endLine = () => {
    if (isHalfLine) process.stderr.write('\n')
    isHalfLine = false
  }
  return {
    hint(sentence) {
      endLine()
      warn(sentence)
    },
    async print(chunk) {
      const stream = chunk.kind === 'text' ? process.stdout : process.stderr
      const text = outputFor(stream, chunk.content)
      if (text === '') return
      // What goes to a file or a pipe on standard output is the answer, byte for byte, and nothing is added to it.
      if (stream === process.stderr || stream.isTTY) isHalfLine = !text.endsWith('\n')
      await writeOutput(stream, text, signal)
    },
    endLine,
  }
}
