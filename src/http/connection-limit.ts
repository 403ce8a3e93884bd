import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { rejectAndClose } from './parse-errors.js'
import type { HttpError } from './responses.js'

/**
 * Enough for a thousand clients that wait and as many that ask, and half of the files that a process may have open where
 * that is least (4,096): tasks and the database need some too.
 */
export const MAX_CONNECTIONS = 2_000

/** Those that are being refused are open for a moment, too; beyond these nobody is told anything. */
const BEING_REFUSED = 200

/**
 * Bounds how many connections are open at once. One too many is answered and closed: the oldest of those that have not
 * shown the token, so that whoever holds connections and has none cannot keep the clients out; else the newest.
 */
export function limitConnections(server: Server): {
  /** The token came over this connection, so it stays. False where it was refused already. */
  admit(socket: Socket): boolean
} {
  const strangers = new Set<Socket>()
  const admitted = new Set<Socket>()
  server.maxConnections = MAX_CONNECTIONS + BEING_REFUSED
  server.on('connection', (socket: Socket) => {
    strangers.add(socket)
    socket.once('close', () => {
      strangers.delete(socket)
      admitted.delete(socket)
    })
    const [oldest] = strangers
    if (strangers.size + admitted.size <= MAX_CONNECTIONS || oldest === undefined) return
    strangers.delete(oldest)
    rejectAndClose(oldest, CROWDED)
  })
  return {
    admit(socket) {
      if (strangers.delete(socket)) admitted.add(socket)
      return admitted.has(socket)
    },
  }
}

const CROWDED: HttpError = {
  status: 503,
  code: 'too_many_connections',
  message: `More than ${MAX_CONNECTIONS} connections are open; close some, then try again`,
}
