import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { onTestFinished } from 'vitest'
import { type StatePaths, statePaths } from '../../../src/state/paths.js'
import { readOrCreateToken } from '../../../src/state/token.js'
import { type DaemonProcess, startDaemonProcess } from '../../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../../helpers/gate.js'
import { callTool, connectHttp } from '../../helpers/mcp-client.js'
import { killProcessesWith } from '../../helpers/processes.js'
import { tempState } from '../../helpers/temp-state.js'
import { WRITER } from './written-tasks.js'

export interface FaultScene {
  stateDirectory: string
  paths: StatePaths
  /** The file for which the gated agent waits (gate.ts). */
  gate: string
  /** Starts a daemon, on the same port each time. */
  start(): Promise<DaemonProcess>
  connect(): Promise<Client>
  startGated(client: Client, more?: Record<string, unknown>): Promise<string>
  /** Writes the value that the preloaded program reads; undefined ends the fault. */
  set(fault: string | undefined): void
}

/**
 * A state directory for daemons that run as processes, with the agents `writer` and `gated`.
 *
 * @param fault the program of preload/ that is loaded into the daemon, and the environment variable that names its file
 */
export async function openFaultScene(
  fault?: { preload: string; variable: string },
  settings: object = {},
): Promise<FaultScene> {
  const stateDirectory = tempState()
  const home = dirname(stateDirectory)
  // Kills what a failed test left: all its processes have this directory as their home.
  onTestFinished(() => killProcessesWith(`HOME=${home}`))
  const agents = { writer: WRITER, gated: GATED_AGENT }
  const config = writeConfigBeside(stateDirectory, { agents, defaultAgent: 'gated', ...settings })
  const file = join(home, 'fault')
  const gate = join(home, 'gate')
  const env: Record<string, string> = { SPOOLD_CONFIG: config }
  if (fault !== undefined) {
    env[fault.variable] = file
    env.NODE_OPTIONS = `--import=${pathToFileURL(join(import.meta.dirname, 'preload', fault.preload))}`
  }
  let port = 0
  let url = ''
  return {
    stateDirectory,
    paths: statePaths(stateDirectory),
    gate,
    async start() {
      const daemon = await startDaemonProcess({ stateDirectory, port, env })
      url = daemon.file.url
      port = Number(new URL(url).port)
      return daemon
    },
    connect: () => connectHttp(url, readOrCreateToken(statePaths(stateDirectory).token).token),
    async startGated(client, more = {}) {
      const request = { message: gate, agent: 'gated', working_directory: '/', ...more }
      return (await callTool<{ task_id: string }>(client, 'kiro_chat_async', request)).task_id
    },
    set(value) {
      if (value === undefined) rmSync(file, { force: true })
      else writeFileSync(file, value)
    },
  }
}
