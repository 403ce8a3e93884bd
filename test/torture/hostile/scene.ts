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

/** A daemon of its own that can start no more tasks, so that whatever is sent to it may change nothing. */
export interface Scene {
  stateDirectory: string
  url: string
  port: number
  tokens: { client: string; operator: string }
  /** Of a task that has ended, with output, and of its session. */
  known: { task_id: string; session_id: string }
  rows: Rows
  /** Environment for commands that are to reach it. */
  env: Record<string, string>
  /** What no answer may hold: where the program and its state are. */
  secrets: string[]
  /** Throws unless the daemon is the same process, answers, and has logged nothing to be looked at. */
  expectWell(): Promise<void>
}

export interface SceneOptions {
  /** How many tasks there may be beside the one that keeps the places. */
  room?: number
}

export async function openScene({ room = 0 }: SceneOptions = {}): Promise<Scene> {
  const stateDirectory = tempState()
  const paths = statePaths(stateDirectory)
  const home = dirname(stateDirectory)
  const agents = {
    gated: GATED_AGENT,
    echo: { kind: 'command', argv: ['/bin/echo', '--', '{message}'] },
  }
  // No purge of its own falls into the test.
  const config = { agents, defaultAgent: 'echo', cleanupCron: '0 0 29 2 *', logLevel: 'warn' }
  const env = {
    SPOOLD_CONFIG: writeConfigBeside(stateDirectory, config),
    SPOOLD_MAX_TASKS: String(1 + room),
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
  await waitFor('the task that keeps the place', async () => {
    const { stdout } = await runCli(['tail', gated, '--no-follow'], { stateDirectory, env })
    return stdout.includes('before')
  })
  const rows = watchRows(paths.database)
  // Which is stored a little later than they themselves are.
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
    expectWell: () => expectWell(daemon),
  }
}

async function expectWell({ file, child, stderr }: DaemonProcess): Promise<void> {
  const response = await fetch(new URL('/health', file.url))
  const { pid } = (await response.json()) as { pid: number }
  if (pid !== child.pid) throw new Error(`process ${pid} answers instead of ${child.pid}`)
  const logged = stderr().replace(/^spoold: listening on .*\n/, '')
  if (logged !== '') throw new Error(`the daemon logged:\n${logged}`)
}
