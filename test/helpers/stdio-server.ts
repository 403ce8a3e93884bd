import { PassThrough } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { RpcMessage } from '../../src/client/rpc-message.js'
import { runStdioServer } from '../../src/client/stdio/server.js'
import { waitFor } from './wait-for.js'

export interface StdioServer {
  send(message: object): void
  /** Messages written so far. */
  written: RpcMessage[]
  /** Waits until `count` messages have been written in all. */
  messages(count: number): Promise<RpcMessage[]>
  /** Closes standard input and resolves when the server has ended. */
  end(): Promise<void>
}

/** Runs the stdio server in this process; the test is its client. */
export function openStdioServer(stateDirectory: string, spawn?: () => Promise<unknown>): StdioServer {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const written: RpcMessage[] = []
  let rest = ''
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    written.push(...lines.map((line) => JSON.parse(line) as RpcMessage))
  })
  const running = runStdioServer({ stateDirectory, spawn, stdin, stdout, warn: () => {} })
  const end = () => {
    stdin.end()
    return running
  }
  onTestFinished(end)
  return {
    send: (message) => void stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    written,
    messages: async (count) => {
      await waitFor(`${count} messages`, () => written.length >= count)
      return written
    },
    end,
  }
}
