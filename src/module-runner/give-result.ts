import { setImmediate } from 'node:timers/promises'
import type { AgentPiece } from '../library/agent.js'
import type { EventWriter } from './event-writer.js'
import { writePiece } from './output.js'

/** So long an iterable may give without a pause; a signal is heard only in between. */
const BREATHLESS_MS = 50

/**
 * Writes what an agent returned: nothing, a string, a piece, or an iterable of these, each as it comes. TypeError for
 * anything else.
 */
export async function giveResult(result: unknown, write: EventWriter): Promise<void> {
  if (result === undefined || result === null) return
  if (!isIterable(result)) return giveItem(result, write)
  let breath = performance.now()
  for await (const item of result) {
    giveItem(item, write)
    if (performance.now() - breath > BREATHLESS_MS) {
      await setImmediate()
      breath = performance.now()
    }
  }
}

function giveItem(item: unknown, write: EventWriter): void {
  if (typeof item === 'string') writePiece(write, { kind: 'text', content: item })
  else if (isPiece(item)) writePiece(write, item)
  else throw new TypeError(`An agent must give strings or pieces ({kind, content}), not ${typeof item}.`)
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return (
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
  )
}

/** Its parts are checked where they are written. */
function isPiece(value: unknown): value is AgentPiece {
  return typeof value === 'object' && value !== null && 'kind' in value && 'content' in value
}
