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

/** `gated` prints, waits for the gate, prints again and exits with 5; `reportsDone` reports the end of its turn and waits. */
export type LossAgent = 'gated' | 'reportsDone'

/** A task whose agent has printed something and now waits for the gate. */
export interface WaitingTask {
  id: string
  /** Pid of the wrapper, as the daemon recorded it. */
  wrapper: number
  /** Pid of the wrapper's child. */
  agent: number
}

export type LossScene = Awaited<ReturnType<typeof openLossScene>>

/** A daemon as a process of its own that can be stopped for a while, and ways to damage its tasks and its records of them. */
export async function openLossScene() {
  const stateDirectory = tempState()
  // Kills what a failed test left: all its processes have this directory as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  const gate = join(dirname(stateDirectory), 'gate')
  const agents = {
    gated: GATED_AGENT,
    reportsDone: {
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
  const foreignProcesses: ChildProcess[] = []

  async function start(agent: LossAgent): Promise<WaitingTask> {
    const request = { agent, message: gate, working_directory: '/' }
    const { task_id: id } = await callOf<{ task_id: string }>(client, 'kiro_chat_async', request)
    await waitFor('the first output', async () =>
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

  /** Only while no daemon runs. */
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
    killDaemon: () => daemon.kill('SIGKILL'),
    async restartDaemon() {
      daemon = await startDaemonProcess({ stateDirectory, env, port: Number(new URL(url).port) })
    },
    /** Makes the recorded pid of the task's wrapper that of a foreign process, as if the pid had been reused. */
    reusePid(id: string) {
      const foreign = startForeign()
      foreignProcesses.push(foreign)
      edit('UPDATE tasks SET pid = ? WHERE id = ?', foreign.pid, id)
    },
    /** Makes the recorded boot another one, as if the machine had been restarted. */
    restartMachine: (id: string) => edit("UPDATE tasks SET boot_id = 'another' WHERE id = ?", id),
    /** Whether every foreign process with a recorded pid is alive. */
    foreignAlive: () =>
      foreignProcesses.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
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

/** A process that is not part of any task, leader of a session of its own. */
function startForeign(): ChildProcess {
  const foreign = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void foreign.kill('SIGKILL'))
  return foreign
}
