import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openProcessTable } from '../../../src/processes/platform.js'
import { statePaths } from '../../../src/state/paths.js'
import { startDaemonProcess } from '../../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../../helpers/gate.js'
import { poll, readToTheEnd, textOfChunks } from '../../helpers/mcp-client.js'
import { killProcessesWith, processesWith } from '../../helpers/processes.js'
import { callOf } from '../../helpers/read-on.js'
import { connect1 } from '../../helpers/sdk-clients.js'
import { tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'

/** `gated` says a word, waits for the gate, says another one and exits with 5; `saysDone` says that it is done, and waits. */
export type LossAgent = 'gated' | 'saysDone'

/** A task whose agent has said its first words and now waits at the gate. */
export interface WaitingTask {
  id: string
  /** As the daemon recorded it. */
  wrapper: number
  /** The wrapper's child. */
  agent: number
}

export type LossScene = Awaited<ReturnType<typeof openLossScene>>

/** A daemon as a process of its own, which can be away for a while, and ways to harm its tasks and what it knows of them. */
export async function openLossScene() {
  const stateDirectory = tempState()
  // Whatever is left of a test that failed; its processes all have this directory of its own as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  const gate = join(dirname(stateDirectory), 'gate')
  const agents = {
    gated: GATED_AGENT,
    saysDone: {
      kind: 'gemini',
      binary: join(import.meta.dirname, 'late-exit.mjs'),
      env: { GEMINI_API_KEY: 'x', GATE: gate },
    },
  }
  const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents, concurrency: 32 }) }
  let daemon = await startDaemonProcess({ stateDirectory, env })
  const { url } = daemon.file
  const client = await connect1({ url, stateDirectory, env }, 'HTTP')
  const { database } = statePaths(stateDirectory)
  const table = openProcessTable()
  const strangers: ChildProcess[] = []

  async function start(agent: LossAgent): Promise<WaitingTask> {
    const order = { agent, message: gate, working_directory: '/' }
    const { task_id: id } = await callOf<{ task_id: string }>(client, 'kiro_chat_async', order)
    await waitFor('the first words', async () =>
      textOfChunks((await poll(client, id, 0)).new_chunks).startsWith('before'),
    )
    const wrapper = recordedPid(id)
    const agentPid = processesWith(`SPOOLD_TASK_ID=${id}`).find((pid) => table.find(pid)?.parent === wrapper)
    if (!wrapper || agentPid === undefined) throw new Error(`no wrapper with a child for ${id}`)
    return { id, wrapper, agent: agentPid }
  }

  function recordedPid(id: string): number | null | undefined {
    const db = new Database(database, { readonly: true })
    try {
      return db.prepare<[string], number | null>('SELECT pid FROM tasks WHERE id = ?').pluck().get(id)
    } finally {
      db.close()
    }
  }

  /** Only while no daemon is there. */
  function edit(sql: string, ...values: unknown[]): void {
    const db = new Database(database)
    db.prepare(sql).run(...values)
    db.close()
  }

  return {
    client,
    start: (agent: LossAgent, count: number) =>
      Promise.all(Array.from({ length: count }, () => start(agent))),
    openGate: () => writeFileSync(gate, ''),
    leave: () => daemon.kill('SIGKILL'),
    async comeBack() {
      daemon = await startDaemonProcess({ stateDirectory, env, port: Number(new URL(url).port) })
    },
    /** The pid of the task's wrapper is somebody else's from now on, as far as the next daemon knows. */
    givePidAway(id: string) {
      const stranger = startStranger()
      strangers.push(stranger)
      edit('UPDATE tasks SET pid = ? WHERE id = ?', stranger.pid, id)
    },
    /** As far as the next daemon knows, the task was started before the machine was. */
    restartMachine: (id: string) => edit("UPDATE tasks SET boot_id = 'another' WHERE id = ?", id),
    /** Whether all who got a pid of ours live. */
    strangersLive: () =>
      strangers.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
    untilGone: (id: string) =>
      waitFor(`the end of ${id}`, () => processesWith(`SPOOLD_TASK_ID=${id}`).length === 0),
    async ending(id: string) {
      const { chunks, last } = await readToTheEnd(client, id)
      const { status, end_reason: endReason, exit_code: exitCode } = last
      const error = chunks.at(-1)?.content
      return { status, endReason, exitCode, text: textOfChunks(chunks), error }
    },
  }
}

/** A process of somebody else, leader of a session of its own. */
function startStranger(): ChildProcess {
  const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void stranger.kill('SIGKILL'))
  return stranger
}
