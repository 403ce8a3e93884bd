import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { openStore } from '../../../src/store/store.js'
import { append, completion, newTask, startedTask, text } from '../../contract/store.js'

const WEEK_MS = 7 * 24 * 3_600_000
const AT_ONCE = 50

export interface FinishedTasks {
  /** Ids of tasks that are kept. */
  kept: string[]
  /** Ids of tasks that expire soon. */
  expiring: string[]
}

/** Fills a database with ended tasks, of which every other one expires within `expireWithinMs`. */
export async function finishTasks(
  file: string,
  { count, expireWithinMs }: { count: number; expireWithinMs: number },
): Promise<FinishedTasks> {
  const store = openStore({ file, durability: 'normal' })
  const ids = Array.from({ length: count }, (_, n) => `task-finished${String(n).padStart(6, '0')}`)
  const finish = async (id: string, n: number) => {
    const at = Date.now()
    const session = { open: { id: `session-of-${id}`, agent: 'echo', workingDirectory: '/', at } }
    const ttlMs = n % 2 === 0 ? WEEK_MS : Math.round(1_000 + (n / count) * expireWithinMs)
    // Claims any of the created tasks, not always this one.
    const run = await startedTask(store, newTask({ id, at, session, ttlMs }))
    await store.append(append(run, 1, [text(contentOf(run.taskId))], at))
    await store.finish(completion(run, at))
  }
  try {
    // Concurrent steps share a commit.
    for (let n = 0; n < count; n += AT_ONCE) {
      await Promise.all(ids.slice(n, n + AT_ONCE).map((id, more) => finish(id, n + more)))
    }
  } finally {
    store.close()
  }
  return { kept: ids.filter((_, n) => n % 2 === 0), expiring: ids.filter((_, n) => n % 2 === 1) }
}

/** The kept tasks exist with their text, and the expired ones are gone. */
export function expectPurged(file: string, { kept, expiring }: FinishedTasks): void {
  const db = new Database(file, { readonly: true })
  try {
    const textOf = db.prepare<[string], { text: string }>('SELECT text FROM task_text WHERE task_id = ?')
    for (const id of kept) expect(textOf.get(id)).toEqual({ text: contentOf(id) })
    for (const id of expiring) expect(textOf.get(id)).toBeUndefined()
  } finally {
    db.close()
  }
}

/** From the history of purges: how many there were, and how many tasks they removed together. */
export function purgedTasks(file: string): { runs: number; tasks: number } {
  const db = new Database(file, { readonly: true })
  try {
    const history = db.prepare<[], { runs: number; tasks: number }>(
      'SELECT count(*) AS runs, coalesce(sum(tasks), 0) AS tasks FROM purge_history',
    )
    return history.get() ?? { runs: 0, tasks: 0 }
  } finally {
    db.close()
  }
}

const contentOf = (id: string) => `the result of ${id} `.repeat(20)
