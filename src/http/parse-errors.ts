import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { oneLine } from '../domain/text.js'
import { type HttpError, sendError, writeError } from './responses.js'

/** How long a client that keeps sending has to read the error. */
const LINGER_MS = 1_000

/**
 * Responds to what Node's parser rejects before there is a request to route, in the same form as every other error;
 * Node's own responses have no body.
 *
 * @param serving responses in progress
 */
export function handleParseErrors(server: Server, serving: ReadonlySet<ServerResponse>): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    const current = [...serving].find((response) => response.socket === socket)
    // The client would take the error for (a part of) the response to its previous request.
    if (current?.headersSent || current?.req.complete) socket.destroy()
    else rejectAndClose(socket, toHttpError(error))
  })
  server.on('connect', (_, socket: Socket) => rejectAndClose(socket, NO_PROXY))
  server.on('checkExpectation', (_, response) => sendError(response, UNMET_EXPECTATION))
}

/** Responds on a connection whose request is not read any further, and closes it. */
export function rejectAndClose(socket: Socket, error: HttpError): void {
  socket.setTimeout(LINGER_MS, () => socket.destroy())
  writeError(socket, error)
}

function toHttpError(error: NodeJS.ErrnoException): HttpError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'request_too_large',
        message: 'The headers are larger than 16 KiB; send fewer',
      }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        code: 'malformed_request',
        message: 'The request did not arrive in time; send it again',
      }
    default:
      return {
        code: 'malformed_request',
        message: `This is not an HTTP request (${oneLine(error.message, 120)}); send POST /mcp`,
      }
  }
}

const NO_PROXY: HttpError = {
  code: 'method_not_allowed',
  message: 'CONNECT is not allowed here; send POST /mcp',
}

const UNMET_EXPECTATION: HttpError = {
  status: 417,
  code: 'malformed_request',
  message: 'Only Expect: 100-continue is supported; omit the header',
  headers: { connection: 'close' },
}
