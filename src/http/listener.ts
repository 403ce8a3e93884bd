import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { internalError, type LogFailure, RPC, SpoolError } from '../domain/errors.js'
import { isLoopback } from '../domain/loopback.js'
import { limitConnections } from './connection-limit.js'
import { handleParseErrors } from './parse-errors.js'
import { sendError } from './responses.js'
import { type Routes, router } from './router.js'

export interface ListenerOptions extends Omit<Routes, 'maxBodyBytes'> {
  /** A loopback name or address. */
  host: string
  /** 0 picks a free port. */
  port: number
  maxBodyBytes?: number | undefined
  log: LogFailure
}

export interface HttpListener {
  /** URL of the MCP endpoint. */
  url: string
  port: number
  /**
   * Stops accepting and closes idle connections at once; requests in progress get `graceMs` to end. End the waits of
   * the service first, or they use up all of it.
   */
  close(graceMs?: number): Promise<void>
}

const MAX_BODY_BYTES = 16 * 1024 * 1024
const CLOSE_GRACE_MS = 2_000
/**
 * Clients keep a connection between two polls. The advertised time is shorter than the real one, so that no client
 * sends a call just when this side closes.
 */
const ADVERTISED_IDLE_S = 60
const IDLE_MS = 75_000

/** Connections that wait to be accepted; the system drops further ones, and their clients retry seconds later. */
const BACKLOG = 4_096

/** Starts listening. Throws SpoolError `config_invalid` or `port_in_use`. */
export async function openHttpListener(options: ListenerOptions): Promise<HttpListener> {
  if (!isLoopback(options.host)) {
    throw new SpoolError(
      'config_invalid',
      `host ${options.host} is not a loopback address; spoold listens on 127.0.0.1, ::1 or localhost only`,
      { field: 'host' },
    )
  }
  const route = router({
    ...options,
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    async handleMcp(request) {
      if (connections.admit(request.request.socket)) await options.handleMcp(request)
    },
  })
  let port = options.port
  const serving = new Set<ServerResponse>()
  const server = createServer(
    // A request without Host is refused by validateHost, with a sentence.
    { keepAliveTimeout: IDLE_MS, headersTimeout: 80_000, requestTimeout: 120_000, requireHostHeader: false },
    (request, response) => {
      serving.add(response)
      response.once('close', () => serving.delete(response))
      if (server.listening) response.setHeader('keep-alive', `timeout=${ADVERTISED_IDLE_S}`)
      else response.setHeader('connection', 'close')
      route(port, request, response).catch((error: unknown) => fail(options.log, response, error))
    },
  )
  // A limit would silently drop further headers, possibly an Origin; Node bounds their size (16 KiB).
  server.maxHeadersCount = 0
  handleParseErrors(server, serving)
  const connections = limitConnections(server)
  await listen(server, options)
  port = (server.address() as AddressInfo).port
  const host = options.host.includes(':') ? `[${options.host.replace(/^\[|\]$/g, '')}]` : options.host
  return {
    url: `http://${host}:${port}/mcp`,
    port,
    close: (graceMs = CLOSE_GRACE_MS) => close(server, serving, graceMs),
  }
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port, exclusive: true, backlog: BACKLOG }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): SpoolError {
  if (error.code === 'EADDRINUSE') {
    const message = `port ${port} on ${host} is in use by another program; choose another with --port, or a free one with --port 0`
    return new SpoolError('port_in_use', message, { field: 'port', cause: error })
  }
  const message = `cannot listen on ${host} port ${port} (${error.code}); choose another with --host or --port`
  return new SpoolError('config_invalid', message, {
    field: error.code === 'EACCES' ? 'port' : 'host',
    cause: error,
  })
}

function fail(log: LogFailure, response: ServerResponse, error: unknown): void {
  // A client that goes away while it sends its request is not a failure.
  if (response.destroyed || response.req.socket.destroyed) return
  log('request failed', error)
  if (response.headersSent) response.destroy()
  else {
    const { code, message } = internalError(error)
    sendError(response, { code, message, rpcCode: RPC.internal })
  }
}

async function close(server: Server, serving: Set<ServerResponse>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const response of serving) {
    if (!response.headersSent) response.setHeader('connection', 'close')
    response.once('close', () => server.closeIdleConnections())
  }
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}
