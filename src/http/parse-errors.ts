import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { oneLine } from '../domain/text.js'
import { type HttpError, sendError, writeError } from './responses.js'

/** A client that goes on sending gets this long to read why it is refused. */
const LINGER_MS = 1_000

/**
 * Answers what Node's parser refuses before there is a request to route, in the same form as every other refusal;
 * Node's own answers have no body.
 *
 * @param serving the responses that are under way
 */
export function handleParseErrors(server: Server, serving: ReadonlySet<ServerResponse>): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    const current = [...serving].find((response) => response.socket === socket)
    // The client would take the refusal for (a part of) the answer to the request before.
    if (current?.headersSent || current?.req.complete) socket.destroy()
    else rejectAndClose(socket, toHttpError(error))
  })
  server.on('connect', (_, socket: Socket) => rejectAndClose(socket, NO_PROXY))
  server.on('checkExpectation', (_, response) => sendError(response, UNMET_EXPECTATION))
}

/** Answers on a connection whose request is not read any further, and closes it. */
export function rejectAndClose(socket: Socket, refusal: HttpError): void {
  socket.setTimeout(LINGER_MS, () => socket.destroy())
  writeError(socket, refusal)
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
        message: 'The request did not come in time; send it again',
      }
    default: {
      const message = `This is no HTTP request (${oneLine(error.message, 120)}); send POST /mcp`
      return { status: 400, code: 'malformed_request', message }
    }
  }
}

const NO_PROXY: HttpError = {
  status: 405,
  code: 'method_not_allowed',
  message: 'CONNECT is not served here; send POST /mcp',
}

const UNMET_EXPECTATION: HttpError = {
  status: 417,
  code: 'malformed_request',
  message: 'Only Expect: 100-continue can be met; leave the header out',
  headers: { connection: 'close' },
}
