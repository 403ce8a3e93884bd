import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { statePaths } from '../../../src/state/paths.js'
import { PROJECT } from '../../helpers/build.js'
import { type DaemonProcess, startDaemonProcess } from '../../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../../helpers/gate.js'
import { runCli } from '../../helpers/run-cli.js'
import { tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'
import { type Rows, watchRows } from './rows.js'

/** A daemon whose task limit is reached, so that no request may change anything. */
export interface Scene {
  stateDirectory: string
  url: string
  port: number
  tokens: { client: string; operator: string }
  /** The ids of an ended task with output, and of its session. */
  known: { task_id: string; session_id: string }
  rows: Rows
  /** The environment of commands that call the daemon. */
  env: Record<string, string>
  /** Paths of the program and its state, which no response may contain. */
  secrets: string[]
  /** Throws unless the daemon is still the same process, responds, and has logged no warning or error. */
  expectHealthy(): Promise<void>
}

export interface SceneOptions {
  /** How many more tasks the daemon accepts besides the one that runs. */
  freeTasks?: number
}

export async function openScene({ freeTasks = 0 }: SceneOptions = {}): Promise<Scene> {
  const stateDirectory = tempState()
  const paths = statePaths(stateDirectory)
  const home = dirname(stateDirectory)
  const agents = {
    gated: GATED_AGENT,
    echo: { kind: 'command', argv: ['/bin/echo', '--', '{message}'] },
  }
  // The schedule keeps the purge from running during the test.
  const config = { agents, defaultAgent: 'echo', cleanupCron: '0 0 29 2 *', logLevel: 'warn' }
  const env = {
    SPOOLD_CONFIG: writeConfigBeside(stateDirectory, config),
    SPOOLD_MAX_TASKS: String(1 + freeTasks),
  }
  const daemon = await startDaemonProcess({ stateDirectory, env })
  onTestFinished(async () => {
    await runCli(['stop', '--cancel-tasks'], { stateDirectory, env })
  })
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(['run', ...args], { stateDirectory, env, cwd: home })
    if (code !== 0) throw new Error(`run ${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }
  const ended = await run('--detach', 'some words')
  const known = await waitFor('the end of a task', async () => {
    const { stdout } = await runCli(['show', ended, '--json'], { stateDirectory, env })
    const task = JSON.parse(stdout)
    return task.completed_at !== null && { task_id: ended, session_id: String(task.session_id) }
  })
  const gated = await run('--detach', '--agent', 'gated', join(home, 'gate'))
  await waitFor('the running task', async () => {
    const { stdout } = await runCli(['tail', gated, '--no-follow'], { stateDirectory, env })
    return stdout.includes('before')
  })
  const rows = watchRows(paths.database)
  // The index is written a little later than the tasks.
  await waitFor('both messages to be searchable', () => {
    const areSearchable = rows.count('passages') >= 2
    rows.accept()
    return areSearchable
  })
  onTestFinished(() => rows.close())
  const { url, operator_token } = daemon.file
  return {
    stateDirectory,
    url,
    port: Number(new URL(url).port),
    tokens: { client: readFileSync(paths.token, 'utf8').trim(), operator: operator_token },
    known,
    rows,
    env: { ...env, SPOOLD_STATE_DIR: stateDirectory, HOME: home },
    secrets: [PROJECT.replace(/\/$/, ''), stateDirectory, 'node_modules'],
    expectHealthy: () => expectHealthy(daemon),
  }
}

async function expectHealthy({ file, child, stderr }: DaemonProcess): Promise<void> {
  const response = await fetch(new URL('/health', file.url))
  const { pid } = (await response.json()) as { pid: number }
  if (pid !== child.pid) throw new Error(`process ${pid} answers instead of ${child.pid}`)
  const logged = stderr().replace(/^spoold: listening on .*\n/, '')
  if (logged !== '') throw new Error(`the daemon logged:\n${logged}`)
}
