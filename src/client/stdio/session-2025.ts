import type { IncomingHttpHeaders } from 'node:http'
import type { RpcMessage } from '../rpc-message.js'
import { isRevision2026 } from '../rpc-message.js'

const SESSION_ID = 'mcp-session-id'

/**
 * The session id that the daemon gives a client of 2025 with the response to initialize, to be repeated with every
 * message: over HTTP it names the client's capabilities. A connection over stdio is one session.
 */
export class Session2025 {
  #id: string | undefined

  /** The headers for a message. */
  headersFor(message: RpcMessage): Record<string, string> {
    const isInSession = message.method !== 'initialize' && !isRevision2026(message)
    return isInSession && this.#id !== undefined ? { [SESSION_ID]: this.#id } : {}
  }

  /** To be called with the headers of every response. */
  remember({ method }: RpcMessage, headers: IncomingHttpHeaders): void {
    if (method === 'initialize') this.#id = [headers[SESSION_ID]].flat()[0]
  }
}
