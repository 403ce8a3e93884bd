import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { callTool, connectHttp } from '../helpers/mcp-client.js'
import { killProcessesWith } from '../helpers/processes.js'
import { tempState } from '../helpers/temp-state.js'
import type { RealAgent } from './agents.js'
import { type ModelServer, startModelServer } from './model-server/server.js'

export interface Started {
  task_id: string
  session_id: string
}

export interface Scene {
  model: ModelServer
  client: Client
  /** Where the agent works; empty at first. */
  workingDirectory: string
  start(message: string, more?: Record<string, unknown>): Promise<Started>
  killDaemon(): Promise<void>
  /** The next daemon, at the same address, so that the client goes on with it. */
  startDaemon(): Promise<void>
}

/** A model, a daemon as a process of its own that knows one real agent, and a client of it. */
export async function openScene(agent: RealAgent, settings: Record<string, unknown> = {}): Promise<Scene> {
  const model = await startModelServer()
  onTestFinished(() => model.close())
  const stateDirectory = tempState()
  // The daemon's HOME is beside its state, see cleanEnvironment.
  const home = dirname(stateDirectory)
  const place = { home, modelUrl: model.url }
  for (const [name, content] of Object.entries(agent.files(place))) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), content)
  }
  const workingDirectory = makeDirectory(home, 'work')
  const config = {
    agents: { real: { ...agent.config, env: agent.env(place), ...settings } },
    defaultAgent: 'real',
  }
  const env = {
    SPOOLD_CONFIG: writeConfigBeside(stateDirectory, config),
    PATH: `${programsOf(agent)}:${process.env.PATH}`,
    TMPDIR: makeDirectory(home, 'tmp'),
  }
  let daemon = await startDaemonProcess({ stateDirectory, env })
  const port = Number(new URL(daemon.file.url).port)
  const token = readOrCreateToken(statePaths(stateDirectory).token).token
  const client = await connectHttp(daemon.file.url, token)
  return {
    model,
    client,
    workingDirectory,
    async start(message, more = {}) {
      const order = { message, working_directory: workingDirectory, ...more }
      const started = await callTool<Started>(client, 'kiro_chat_async', order)
      onTestFinished(() => killProcessesWith(`SPOOLD_TASK_ID=${started.task_id}`))
      return started
    },
    killDaemon: () => daemon.kill('SIGKILL'),
    async startDaemon() {
      daemon = await startDaemonProcess({ stateDirectory, env, port })
    },
  }
}

function programsOf(agent: RealAgent): string {
  return fileURLToPath(new URL(`programs/${agent.programs}/node_modules/.bin`, import.meta.url))
}

function makeDirectory(home: string, name: string): string {
  const path = join(home, name)
  mkdirSync(path)
  return path
}
