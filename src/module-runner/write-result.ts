import { setImmediate } from 'node:timers/promises'
import type { AgentPiece } from '../library/agent.js'
import type { EventWriter } from './event-writer.js'
import { writePiece } from './output.js'

/** How long an iterable may run without a pause; signals are handled only in pauses. */
const PAUSE_EVERY_MS = 50

/**
 * Writes the return value of an agent: nothing, a string, a piece, or an iterable of these, each as it comes. Throws
 * TypeError for anything else.
 */
export async function writeResult(result: unknown, write: EventWriter): Promise<void> {
  if (result === undefined || result === null) return
  if (!isIterable(result)) return writeItem(result, write)
  let pausedAt = performance.now()
  for await (const item of result) {
    writeItem(item, write)
    if (performance.now() - pausedAt > PAUSE_EVERY_MS) {
      await setImmediate()
      pausedAt = performance.now()
    }
  }
}

function writeItem(item: unknown, write: EventWriter): void {
  if (typeof item === 'string') writePiece(write, { kind: 'text', content: item })
  else if (isPiece(item)) writePiece(write, item)
  else throw new TypeError(`An agent must return strings or pieces ({kind, content}), not ${typeof item}.`)
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return (
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
  )
}

/** Its fields are validated when it is written. */
function isPiece(value: unknown): value is AgentPiece {
  return typeof value === 'object' && value !== null && 'kind' in value && 'content' in value
}
