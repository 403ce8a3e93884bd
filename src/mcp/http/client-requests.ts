import { randomUUID } from 'node:crypto'
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js'

/**
 * The requests that are put to clients of 2025 in the streams of their own calls. A client answers by a POST of its
 * own, so for all exchanges together the requests have ids that no two share.
 */
export class LegacyRequests {
  readonly #open = new Map<RequestId, (answer: JSONRPCMessage) => void>()

  /** The request under an id of its own; `onAnswer` gets the answer under the id that it had. */
  add(request: JSONRPCRequest, onAnswer: (answer: JSONRPCMessage) => void): JSONRPCRequest {
    const id = randomUUID()
    this.#open.set(id, (answer) => onAnswer({ ...answer, id: request.id } as JSONRPCMessage))
    return { ...request, id }
  }

  /** Hands an answer on; one that nobody waits for, as after a restart, is dropped. */
  answer(message: JSONRPCMessage): void {
    if ('method' in message || message.id === undefined) return
    const hand = this.#open.get(message.id)
    this.#open.delete(message.id)
    hand?.(message)
  }

  /** Forgets what was asked in an exchange that is over. */
  forget(ids: Iterable<RequestId>): void {
    for (const id of ids) this.#open.delete(id)
  }
}
