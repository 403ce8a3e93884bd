import { randomUUID } from 'node:crypto'
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/server'

/**
 * Requests to clients of 2025, sent in the streams of their own calls. A client responds by a POST of its own, so the
 * ids are unique across all exchanges.
 */
export class ClientRequests {
  readonly #open = new Map<RequestId, (response: JSONRPCMessage) => void>()

  /** The request under a new id; `onResponse` gets the response under the original id. */
  add(request: JSONRPCRequest, onResponse: (response: JSONRPCMessage) => void): JSONRPCRequest {
    const id = randomUUID()
    this.#open.set(id, (response) => onResponse({ ...response, id: request.id } as JSONRPCMessage))
    return { ...request, id }
  }

  /** Drops a response that no exchange waits for, as after a restart. */
  resolve(response: JSONRPCMessage): void {
    if ('method' in response || response.id === undefined) return
    const resolve = this.#open.get(response.id)
    this.#open.delete(response.id)
    resolve?.(response)
  }

  /** Removes the requests of an exchange that has ended. */
  remove(ids: Iterable<RequestId>): void {
    for (const id of ids) this.#open.delete(id)
  }
}
