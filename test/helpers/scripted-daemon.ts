import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { RpcMessage } from '../../src/client/rpc-message.js'
import { writeDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { waitFor } from './wait-for.js'

/** A POST that waits for the test to respond. */
export interface Arrival {
  headers: IncomingHttpHeaders
  body: RpcMessage
  /** The client disconnected before the response had ended. */
  hasLeft: boolean
  /** Responds with JSON. */
  answer(message: object, status?: number, headers?: Record<string, string>): void
  /** Responds with 202 and no body, as to a notification. */
  accept(): void
  /** Sends an event; the first one opens the stream. */
  push(message: object): void
  /** Sends the last event and ends the stream. */
  finish(message: object): void
}

export interface ScriptedDaemon {
  arrivals: Arrival[]
  /** The nth POST, from 0. */
  arrival(index: number): Promise<Arrival>
  /** Breaks all connections. */
  kill(): Promise<void>
}

/**
 * A fake daemon that clients find by its state directory. The test writes its responses, for cases that are rare with a
 * real daemon. A second one for the same directory acts as a restarted daemon.
 */
export async function openScriptedDaemon(stateDirectory: string): Promise<ScriptedDaemon> {
  const arrivals: Arrival[] = []
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as RpcMessage
    arrivals.push(arrivalOf(request.headers, body, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const paths = statePaths(stateDirectory)
  mkdirSync(paths.root, { recursive: true, mode: 0o700 })
  writeFileSync(paths.token, 'token-of-the-test\n', { mode: 0o600 })
  writeDaemonFile(paths.daemon, {
    pid: process.pid,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    version: '1.2.3',
    started_at: '2026-01-02T12:00:00.000Z',
    operator_token: 'operator-token-of-the-test',
  })
  const kill = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(kill)
  return {
    arrivals,
    arrival: (index) => waitFor(`POST ${index}`, () => arrivals[index]),
    kill,
  }
}

function arrivalOf(headers: IncomingHttpHeaders, body: RpcMessage, response: ServerResponse): Arrival {
  const arrival: Arrival = {
    headers,
    body,
    hasLeft: false,
    answer(message, status = 200, more = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...more })
      response.end(JSON.stringify(message))
    },
    accept: () => void response.writeHead(202).end(),
    push(message) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`)
    },
    finish(message) {
      arrival.push(message)
      response.end()
    },
  }
  response.once('close', () => {
    arrival.hasLeft = !response.writableEnded
  })
  return arrival
}
