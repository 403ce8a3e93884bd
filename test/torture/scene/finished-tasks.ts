import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { openStore } from '../../../src/store/store.js'
import { append, completion, newTask, startedTask, text } from '../../contract/store.js'

const WEEK_MS = 7 * 24 * 3_600_000

export interface FinishedTasks {
  /** Those that stay. */
  kept: string[]
  /** Those whose time ends soon. */
  expiring: string[]
}

/** Fills a database with tasks that have ended, every other one with a time that ends within so many ms. */
export async function finishTasks(
  file: string,
  { count, expireWithinMs }: { count: number; expireWithinMs: number },
): Promise<FinishedTasks> {
  const store = openStore({ file, durability: 'normal' })
  const ids = Array.from({ length: count }, (_, n) => `task-finished${String(n).padStart(6, '0')}`)
  try {
    for (const [n, id] of ids.entries()) {
      const at = Date.now()
      const session = { open: { id: `session-of-${id}`, agent: 'echo', workingDirectory: '/', at } }
      const ttlMs = n % 2 === 0 ? WEEK_MS : 1_000 + (n / count) * expireWithinMs
      const run = await startedTask(store, newTask({ id, at, session, ttlMs: Math.round(ttlMs) }))
      await store.append(append(run, 1, [text(wordsOf(id))], at))
      await store.finish(completion(run, at))
    }
  } finally {
    store.close()
  }
  return { kept: ids.filter((_, n) => n % 2 === 0), expiring: ids.filter((_, n) => n % 2 === 1) }
}

/** Those that stay are there with their text, and the others are gone. */
export function expectPurged(file: string, { kept, expiring }: FinishedTasks): void {
  const db = new Database(file, { readonly: true })
  try {
    const textOf = db.prepare<[string], { text: string }>('SELECT text FROM task_text WHERE task_id = ?')
    for (const id of kept) expect(textOf.get(id)).toEqual({ text: wordsOf(id) })
    for (const id of expiring) expect(textOf.get(id)).toBeUndefined()
  } finally {
    db.close()
  }
}

/** As the history of purges tells: how many runs, and how many tasks they took together. */
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

const wordsOf = (id: string) => `the result of ${id} `.repeat(20)
