import { execFile, spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { statePaths } from '../../../src/state/paths.js'
import type { Poll, SeenChunk } from '../../helpers/mcp-client.js'
import { callOf, type ToolCaller } from '../../helpers/read-on.js'
import type { WrittenTask } from './written-task.js'

/** What somebody else than its own client was told of a task, from an index on. */
export interface Glance {
  task: WrittenTask
  from: number
  /** Without `is_final` where it comes from the views, which do not tell it. */
  chunks: Partial<SeenChunk>[]
  by: 'a client' | 'sqlite3'
}

const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0
const run = promisify(execFile)
/** Between two glances of one onlooker, ms. */
const REST_MS = 200
/** Of all tasks, the newest of which one is looked at. */
const NEWEST = 12

/**
 * Each client, and the sqlite3 command where there is one, looks at one task after the other from some index, while daemons
 * come and go. A call that meets no daemon, or a database that is just being recovered, is no glance.
 */
export async function lookOn(
  clients: ToolCaller[],
  stateDirectory: string,
  { tasks, random, over }: { tasks: WrittenTask[]; random: () => number; over: AbortSignal },
): Promise<Glance[]> {
  const { database } = statePaths(stateDirectory)
  const glances: Glance[] = []
  const look = async (by: Glance['by'], read: (id: string, from: number) => Promise<Glance['chunks']>) => {
    for (; !over.aborted; await pause(REST_MS)) {
      const newest = tasks.filter(({ fate }) => fate !== 'purged').slice(-NEWEST)
      const task = newest[Math.floor(random() * newest.length)]
      if (task === undefined) continue
      const from = Math.floor(random() * (task.seen.length + 1))
      const chunks = await read(task.taskId, from).catch(() => [])
      if (chunks.length > 0) glances.push({ task, from, chunks, by })
    }
  }
  await Promise.all([
    ...clients.map((client) => look('a client', (id, from) => readByClient(client, id, from))),
    ...(hasSqlite3 ? [look('sqlite3', (id, from) => readBySql(database, id, from))] : []),
  ])
  return glances
}

async function readByClient(client: ToolCaller, taskId: string, from: number): Promise<SeenChunk[]> {
  // Every chunk fits whole into such an answer.
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

/** Whoever looked saw what the task's own client saw, and what is there still. */
export function expectSeenAlike(glances: Glance[]): void {
  for (const { task, from, chunks, by } of glances) {
    const seen = task.seen.slice(from, from + chunks.length)
    if (by === 'sqlite3') expect(chunks).toEqual(seen.map(({ is_final: _, ...rest }) => rest))
    else expect(chunks).toEqual(seen)
  }
}
