import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inTime } from './holds.js'

/**
 * Sends bytes in parts over a new connection, and returns everything received until the daemon closes it.
 *
 * @param thenEnd ends the sending side; otherwise the daemon must close the connection by itself
 */
export async function exchange(
  port: number,
  parts: readonly Uint8Array[],
  thenEnd: boolean,
): Promise<{ bytes: Buffer; wasReset: boolean }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const received: Buffer[] = []
  socket.on('data', (part: Buffer) => received.push(part))
  socket.on('end', () => socket.end())
  // The daemon may close while the test still sends; what it sent before counts.
  let wasReset = false
  socket.on('error', () => {
    wasReset = true
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  try {
    await inTime('a connection', once(socket, 'connect'))
    for (const part of parts) {
      if (!socket.writable) break
      socket.write(part)
      await nextTurn()
    }
    if (thenEnd) socket.end()
    await inTime('the end of a connection', closed)
  } finally {
    socket.destroy()
  }
  return { bytes: Buffer.concat(received), wasReset }
}
