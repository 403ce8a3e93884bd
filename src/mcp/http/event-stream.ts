import type { ServerResponse } from 'node:http'

/** Some proxies and clients close a silent connection. */
const KEEP_ALIVE_MS = 15_000

/** A response as server-sent events, one JSON-RPC message each. */
export class EventStream {
  readonly #response: ServerResponse
  readonly #keepAlive: NodeJS.Timeout

  constructor(response: ServerResponse) {
    this.#response = response
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    this.#keepAlive = setInterval(() => response.write(': keep-alive\n\n'), KEEP_ALIVE_MS)
    // The client may already be gone.
    if (response.destroyed) clearInterval(this.#keepAlive)
    else response.once('close', () => clearInterval(this.#keepAlive))
  }

  write(message: object): void {
    if (this.#response.writable) this.#response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`)
  }

  end(): void {
    clearInterval(this.#keepAlive)
    this.#response.end()
  }
}
