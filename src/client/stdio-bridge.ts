import type { Readable, Writable } from 'node:stream'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { BridgeCalls } from './bridge-calls.js'
import { DaemonLink } from './daemon-link.js'
import type { RpcMessage } from './post-message.js'

export interface BridgeOptions {
  stateDirectory: string
  /** Starts a daemon; absent, the bridge waits for one and says so when none comes. */
  spawn?: (() => Promise<unknown>) | undefined
  stdin: Readable
  stdout: Writable
  /** Takes sentences for a person; stdout carries nothing but JSON-RPC. */
  warn: (sentence: string) => void
}

/** Above the daemon's own limit for a body, so that it is the daemon that refuses, in its words. */
const MAX_LINE_BYTES = 32 * 1024 * 1024
const FINISH_MS = 2_000

/**
 * MCP over stdin and stdout, every message handed to the daemon and every answer handed back. The bridge knows nothing
 * of MCP's state, since the daemon keeps none: so it and its client live through restarts of the daemon. Resolves when
 * the client has closed stdin (or gone away) and what was in flight is done, or has had a moment for it.
 */
export async function runStdioBridge(options: BridgeOptions): Promise<void> {
  const { stateDirectory, spawn, stdin, stdout, warn } = options
  const link = new DaemonLink({ stateDirectory, as: 'client', revive: spawn })
  const transport = new StdioServerTransport(stdin, stdout, { maxBufferSize: MAX_LINE_BYTES })
  const calls = new BridgeCalls(link, (answer) => void transport.send(answer as JSONRPCMessage))
  transport.onmessage = (message) => void calls.take(message as RpcMessage)
  transport.onerror = (error) => {
    calls.answer(unreadable)
    warn(`a message on standard input was not JSON-RPC: ${error.message.slice(0, 200)}`)
  }
  const ended = new Promise<void>((resolve) => {
    stdin.once('end', resolve)
    stdin.once('close', resolve)
    stdout.once('error', () => resolve())
    transport.onclose = resolve
  })
  await transport.start()
  await ended
  await calls.finish(FINISH_MS)
  await transport.close()
}

const unreadable: RpcMessage = {
  jsonrpc: '2.0',
  error: {
    code: -32_700,
    message: 'The line is not a JSON-RPC message; send one message a line, as UTF-8 JSON',
  },
}
