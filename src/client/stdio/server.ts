import type { Readable, Writable } from 'node:stream'
import { DaemonLink } from '../daemon-connection.js'
import { BridgeCalls } from './calls.js'
import { MessageLines } from './message-lines.js'
import { readMessage } from './read-message.js'

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
 * MCP over stdin and stdout, in all revisions: every message is handed to the daemon, and every answer, with what was
 * told before it, handed back. The daemon keeps nothing of a connection, and the bridge only what its client listens to:
 * so it and its client live through restarts of the daemon. Resolves when the client has closed stdin (or gone away)
 * and what was in flight is done, or has had a moment for it.
 *
 * It cuts the lines itself: the SDK's transport closes at a line that is too long, and the client would be left alone.
 */
export async function runStdioBridge(options: BridgeOptions): Promise<void> {
  const { stateDirectory, spawn, stdin, stdout, warn } = options
  const link = new DaemonLink({ stateDirectory, as: 'client', revive: spawn })
  const calls = new BridgeCalls(link, (message) => void stdout.write(`${JSON.stringify(message)}\n`))
  const lines = new MessageLines(MAX_LINE_BYTES)
  const take = (bytes: Buffer) => {
    for (const line of lines.push(bytes)) {
      const read = readMessage(line, MAX_LINE_BYTES)
      if ('message' in read) calls.take(read.message)
      else {
        calls.answer(read.answer)
        warn(`standard input: ${read.sentence}`)
      }
    }
  }
  const ended = new Promise<void>((resolve) => {
    stdin.once('end', resolve)
    stdin.once('close', resolve)
    stdin.once('error', () => resolve())
    stdout.once('error', () => resolve())
  })
  stdin.on('data', take)
  await ended
  await calls.finish(FINISH_MS)
  stdin.off('data', take)
  stdin.pause()
}
