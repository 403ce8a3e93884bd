import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type DaemonProcess, startDaemonProcess } from './daemon-process.js'
import { writeConfigBeside } from './gate.js'
import { type SeenChunk, textOfChunks } from './mcp-client.js'
import { killProcessesWith } from './processes.js'
import { callOf, type ToolCaller } from './read-on.js'
import type { Place } from './sdk-clients.js'
import { tempState } from './temp-state.js'

/** An agent that prints numbered lines until the file named by its message exists. */
const PRINTER = {
  kind: 'command',
  argv: [
    '/bin/sh',
    '-c',
    'n=0; until [ -e "$1" ]; do n=$((n+1)); echo "line $n 日本"; sleep 0.05; done; echo "the end"',
    'printer',
    '{message}',
  ],
}

/** An agent that prints one line, then nothing until that file exists. */
const QUIET = {
  kind: 'command',
  argv: ['/bin/sh', '-c', 'echo begun; until [ -e "$1" ]; do sleep 0.1; done', 'quiet', '{message}'],
}

export interface PrinterScene extends Place {
  /** The file that ends the agents. */
  gate: string
  /** SIGKILLs the daemon and starts another one on the same port. */
  restart(): Promise<void>
  /** The arguments of a start; the default agent is the printer. */
  startArguments(agent?: 'quiet'): Record<string, unknown>
  /** Starts a task and returns its id. */
  start(client: ToolCaller, agent?: 'quiet'): Promise<string>
}

/** A daemon in a child process, with these agents. */
export async function openPrinterScene(): Promise<PrinterScene> {
  const stateDirectory = tempState()
  // Kills what a failed test left: all its processes have this directory as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  const agents = { printer: PRINTER, quiet: QUIET }
  const config = writeConfigBeside(stateDirectory, { agents, defaultAgent: 'printer' })
  const gate = join(dirname(stateDirectory), 'gate')
  let daemon: DaemonProcess = await startDaemonProcess({ stateDirectory, env: { SPOOLD_CONFIG: config } })
  const { url } = daemon.file
  const port = Number(new URL(url).port)
  const env = { SPOOLD_CONFIG: config, SPOOLD_PORT: String(port) }
  const startArguments = (agent?: 'quiet') => ({
    message: gate,
    working_directory: '/',
    ...(agent === undefined ? {} : { agent }),
  })
  return {
    url,
    stateDirectory,
    env,
    gate,
    startArguments,
    async restart() {
      await daemon.kill('SIGKILL')
      daemon = await startDaemonProcess({ stateDirectory, env, port })
    },
    async start(client, agent) {
      return (await callOf<{ task_id: string }>(client, 'kiro_chat_async', startArguments(agent))).task_id
    },
  }
}

/** Expects all lines of the printer, each once and in order. */
export function expectAllOf(chunks: SeenChunk[]): void {
  expect(chunks.map(({ index }) => index)).toEqual(chunks.map((_, index) => index))
  const lines = textOfChunks(chunks).trimEnd().split('\n')
  expect(lines.pop()).toBe('the end')
  expect(lines).toEqual(lines.map((_, index) => `line ${index + 1} 日本`))
}
