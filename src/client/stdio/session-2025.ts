import type { IncomingHttpHeaders } from 'node:http'
import { isModern } from '../headers-2026.js'
import type { RpcMessage } from '../rpc.js'

const SESSION_ID = 'mcp-session-id'

/**
 * What the daemon gives a client of 2025 with its answer to initialize, to be repeated with every message: over HTTP
 * that is how it knows later what the client can be asked. A connection over stdio is one session by itself.
 */
export class LegacySession {
  #id: string | undefined

  /** The headers of a message of that session. */
  headersFor(message: RpcMessage): Record<string, string> {
    const isInside = message.method !== 'initialize' && !isModern(message)
    return isInside && this.#id !== undefined ? { [SESSION_ID]: this.#id } : {}
  }

  /** Takes the headers of an answer. */
  see({ method }: RpcMessage, headers: IncomingHttpHeaders): void {
    if (method === 'initialize') this.#id = [headers[SESSION_ID]].flat()[0]
  }
}
