import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the range for outgoing connections, which could take the port between two servers. */
const LOWEST = 20_000
const HIGHEST = 32_000

/** A free port of 127.0.0.1, for a server that stops and starts again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
