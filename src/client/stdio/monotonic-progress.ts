import type { RpcMessage } from '../rpc.js'

/**
 * Progress of one request as its client hears of it. MCP wants each report to be above the one before; a request that
 * is sent again after a broken connection counts from the start, which therefore counts from where the last one was.
 */
export class RisingProgress {
  #base = 0
  #last: number | undefined

  /** The request is sent, for the first time or again. */
  begin(): void {
    this.#base = this.#last ?? 0
  }

  /** The message for the client; undefined for a report that is not above the last. Other messages stay as they are. */
  pass(message: RpcMessage): RpcMessage | undefined {
    const { progress } = message.params ?? {}
    if (message.method !== 'notifications/progress' || typeof progress !== 'number') return message
    const raised = this.#base + progress
    if (this.#last !== undefined && raised <= this.#last) return undefined
    this.#last = raised
    return { ...message, params: { ...message.params, progress: raised } }
  }
}
