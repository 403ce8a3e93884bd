import type { RpcMessage } from '../rpc-message.js'

/**
 * The progress of one request as its client sees it. MCP requires each report to be above the last; a request that is
 * sent again after a broken connection reports from 0, which is therefore added to the last report.
 */
export class MonotonicProgress {
  #base = 0
  #last: number | undefined

  /** To be called whenever the request is sent. */
  restart(): void {
    this.#base = this.#last ?? 0
  }

  /** The message for the client; undefined for a report that is not above the last. Other messages are unchanged. */
  adjust(message: RpcMessage): RpcMessage | undefined {
    const { progress } = message.params ?? {}
    if (message.method !== 'notifications/progress' || typeof progress !== 'number') return message
    const raised = this.#base + progress
    if (this.#last !== undefined && raised <= this.#last) return undefined
    this.#last = raised
    return { ...message, params: { ...message.params, progress: raised } }
  }
}
