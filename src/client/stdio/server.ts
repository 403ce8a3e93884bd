import type { Readable, Writable } from 'node:stream'
import { DaemonConnection } from '../daemon-connection.js'
import type { RpcMessage } from '../rpc-message.js'
import { StdioCalls } from './calls.js'
import { LineReader, parseLine } from './input-lines.js'

export interface StdioServerOptions {
  stateDirectory: string
  /** Starts a daemon; without it the server waits for one, and reports an error if none comes. */
  spawn?: (() => Promise<unknown>) | undefined
  stdin: Readable
  stdout: Writable
  /** Receives sentences for a person; stdout carries only JSON-RPC. */
  warn: (sentence: string) => void
}

/** Above the daemon's own limit for a body, so that the daemon refuses larger messages in its words. */
const MAX_LINE_BYTES = 32 * 1024 * 1024
const FINISH_MS = 2_000

/**
 * MCP over stdin and stdout, in all revisions: every message is forwarded to the daemon, and every response passed back,
 * with the messages before it. The daemon keeps nothing of a connection, and this server only the subscriptions of its
 * client, so both live through restarts of the daemon. Resolves when the client has closed stdin and its pending calls
 * are done, or have had a moment for it.
 *
 * Lines are split here, because the SDK's transport closes at a line that is too long, and would leave the client alone.
 */
export async function runStdioServer(options: StdioServerOptions): Promise<void> {
  const { stateDirectory, spawn, stdin, stdout, warn } = options
  const connection = new DaemonConnection({ stateDirectory, as: 'client', respawn: spawn })
  const write = (message: RpcMessage) => void stdout.write(`${JSON.stringify(message)}\n`)
  const calls = new StdioCalls(connection, write)
  const lines = new LineReader(MAX_LINE_BYTES)
  const onData = (bytes: Buffer) => {
    for (const line of lines.push(bytes)) {
      const parsed = parseLine(line, MAX_LINE_BYTES)
      if ('message' in parsed) calls.handle(parsed.message)
      else {
        write(parsed.response)
        warn(`standard input: ${parsed.sentence}`)
      }
    }
  }
  const closed = new Promise<void>((resolve) => {
    stdin.once('end', resolve)
    stdin.once('close', resolve)
    stdin.once('error', () => resolve())
    stdout.once('error', () => resolve())
  })
  stdin.on('data', onData)
  await closed
  await calls.finish(FINISH_MS)
  stdin.off('data', onData)
  stdin.pause()
}
