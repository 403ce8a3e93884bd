import { createInterface } from 'node:readline'
import type { SpooldClient } from '../../client/spoold-client.js'
import { SpoolError, wordError } from '../../domain/errors.js'
import { followTask } from '../follow/follow.js'
import { warn } from '../terminal/print.js'
import { COMMAND_LINE_WORDING } from '../wording.js'

/** Only the end of long output is printed. */
const CHUNKS_BACK = 100

/**
 * Follows a task on the normal screen, as `spoold tail` does. Resolves at Ctrl-C while it is running, or at Enter after its
 * end; true to return to `top`.
 */
export async function followFromTop(client: SpooldClient, taskId: string): Promise<boolean> {
  const interrupted = new AbortController()
  // The follower ends at the first Ctrl-C. This listener also catches a second one, which would end the program.
  const onInterrupt = () => interrupted.abort()
  process.on('SIGINT', onInterrupt)
  try {
    const { chunks_count, created_at, completed_at } = await client.show(taskId, 0, {
      signal: interrupted.signal,
    })
    const from = Math.max(0, chunks_count - CHUNKS_BACK)
    const isActive = completed_at === null
    warn(`${isActive ? 'following' : 'output of'} ${taskId}${isActive ? '; Ctrl-C returns to top' : ''}`)
    if (from > 0) warn(`from chunk ${from}; for all of it: spoold tail ${taskId}`)
    await followTask(client, taskId, { from, wait: isActive, createdAt: Date.parse(created_at) })
  } catch (error) {
    if (interrupted.signal.aborted) return true
    if (!(error instanceof SpoolError)) throw error
    warn(wordError(error, COMMAND_LINE_WORDING))
  } finally {
    process.off('SIGINT', onInterrupt)
  }
  return interrupted.signal.aborted || (await waitForEnter())
}

/** Lets the person read before the screen changes. False at Ctrl-C and at the end of the input. */
function waitForEnter(): Promise<boolean> {
  warn('end of output; Enter returns to top, Ctrl-C quits')
  return new Promise((resolve) => {
    // ink has unreferenced it.
    process.stdin.ref()
    const lines = createInterface({ input: process.stdin, terminal: false })
    const end = (returnsToTop: boolean) => {
      process.off('SIGINT', onInterrupt)
      resolve(returnsToTop)
      lines.close()
    }
    const onInterrupt = () => end(false)
    process.on('SIGINT', onInterrupt)
    lines.once('line', () => end(true))
    lines.once('close', () => end(false))
  })
}
