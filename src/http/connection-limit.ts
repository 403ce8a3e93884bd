import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { rejectAndClose } from './parse-errors.js'
import type { HttpError } from './responses.js'

/**
 * Enough for a thousand waiting clients and as many calls, and half of the smallest usual limit of open files (4,096):
 * tasks and the database need some too.
 */
export const MAX_CONNECTIONS = 2_000

/** Rejected connections stay open for a moment; beyond this many more, new ones are closed without a response. */
const MAX_REJECTED = 200

/**
 * Bounds the open connections. One too many is answered and closed: the oldest that has not shown a token, so that
 * connections without one cannot keep the clients out; otherwise the newest.
 */
export function limitConnections(server: Server): {
  /** A token came over this connection, so it stays. False if it was rejected already. */
  admit(socket: Socket): boolean
} {
  const unknown = new Set<Socket>()
  const admitted = new Set<Socket>()
  server.maxConnections = MAX_CONNECTIONS + MAX_REJECTED
  server.on('connection', (socket: Socket) => {
    unknown.add(socket)
    socket.once('close', () => {
      unknown.delete(socket)
      admitted.delete(socket)
    })
    const [oldest] = unknown
    if (unknown.size + admitted.size <= MAX_CONNECTIONS || oldest === undefined) return
    unknown.delete(oldest)
    rejectAndClose(oldest, TOO_MANY)
  })
  return {
    admit(socket) {
      if (unknown.delete(socket)) admitted.add(socket)
      return admitted.has(socket)
    },
  }
}

const TOO_MANY: HttpError = {
  code: 'too_many_connections',
  message: `More than ${MAX_CONNECTIONS} connections are open; close some, then try again`,
}
