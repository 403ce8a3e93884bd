import { execFile, spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { statePaths } from '../../../src/state/paths.js'
import type { Poll, SeenChunk } from '../../helpers/mcp-client.js'
import { callOf, type ToolCaller } from '../../helpers/read-on.js'
import type { WrittenTask } from './written-task.js'

/** The chunks of a task from an index, as read by someone else than the client that started it. */
export interface Observation {
  task: WrittenTask
  from: number
  /** Without `is_final` if they come from the views, which do not contain it. */
  chunks: Partial<SeenChunk>[]
  by: 'a client' | 'sqlite3'
}

const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0
const run = promisify(execFile)
/** Pause between two observations of one observer. */
const PAUSE_MS = 200
/** How many of the newest tasks are observed. */
const NEWEST = 12

/**
 * Each client, and the sqlite3 command if it is installed, reads one task after another from a random index, while
 * daemons are killed. A call that reaches no daemon, or a database that is just being recovered, gives no observation.
 */
export async function observe(
  clients: ToolCaller[],
  stateDirectory: string,
  { tasks, random, over }: { tasks: WrittenTask[]; random: () => number; over: AbortSignal },
): Promise<Observation[]> {
  const { database } = statePaths(stateDirectory)
  const observations: Observation[] = []
  const observeBy = async (
    by: Observation['by'],
    read: (id: string, from: number) => Promise<Observation['chunks']>,
  ) => {
    for (; !over.aborted; await pause(PAUSE_MS)) {
      const newest = tasks.filter(({ fate }) => fate !== 'purged').slice(-NEWEST)
      const task = newest[Math.floor(random() * newest.length)]
      if (task === undefined) continue
      const from = Math.floor(random() * (task.seen.length + 1))
      const chunks = await read(task.taskId, from).catch(() => [])
      if (chunks.length > 0) observations.push({ task, from, chunks, by })
    }
  }
  await Promise.all([
    ...clients.map((client) => observeBy('a client', (id, from) => readByClient(client, id, from))),
    ...(hasSqlite3 ? [observeBy('sqlite3', (id, from) => readBySql(database, id, from))] : []),
  ])
  return observations
}

async function readByClient(client: ToolCaller, taskId: string, from: number): Promise<SeenChunk[]> {
  // A result of this size has room for every chunk.
  const args = { task_id: taskId, from_chunk_index: from, wait_ms: 0, max_bytes: 1_000_000 }
  return (await callOf<Poll>(client, 'kiro_task_status', args)).new_chunks
}

async function readBySql(database: string, taskId: string, from: number): Promise<Partial<SeenChunk>[]> {
  const query = `SELECT chunk_index AS "index", kind, content, at AS timestamp FROM task_transcript
    WHERE task_id = '${taskId}' AND chunk_index >= ${from} ORDER BY chunk_index`
  const { stdout } = await run('sqlite3', ['-readonly', '-json', database, query], {
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout === '' ? [] : JSON.parse(stdout)
}

/** Every observer saw the chunks that the task's own client saw. */
export function expectConsistent(observations: Observation[]): void {
  for (const { task, from, chunks, by } of observations) {
    const seen = task.seen.slice(from, from + chunks.length)
    if (by === 'sqlite3') expect(chunks).toEqual(seen.map(({ is_final: _, ...rest }) => rest))
    else expect(chunks).toEqual(seen)
  }
}
