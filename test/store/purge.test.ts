import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { PurgeStep, TaskStore } from '../../src/domain/store.js'
import { openStore } from '../../src/store/store.js'
import { append, completion, startedTask, text } from '../contract/store.js'
import { tempDirectory } from '../helpers/temp-state.js'

const cutoff = { expiredAt: 100_000, sessionsUnusedSince: 100_000 }

/** A store with one finished task of so many chunks, of two bytes each where nothing else is said. */
async function storeWithTask(chunks: number, content = 'ä') {
  const file = join(tempDirectory('purge'), 'spoold.db')
  const store = openStore({ file, durability: 'full' })
  const run = await startedTask(store)
  const pieces = Array.from({ length: chunks }, () => text(content))
  await store.append(append(run, 1, pieces))
  await store.finish(completion(run))
  return { file, store }
}

async function purgeAll(store: TaskStore, afterStep: (step: PurgeStep, at: number) => void = () => {}) {
  let record: number | null = null
  let at = 100_000
  for (let done = false; !done; at += 1_000) {
    const step: PurgeStep = await store.purgeStep(cutoff, {
      startedAt: 100_000,
      at,
      trigger: 'person',
      record,
    })
    ;({ done, record } = step)
    afterStep(step, at)
  }
}

describe('promise 11: the purge', () => {
  it('records each step, so that a kill before the next one loses nothing', async () => {
    const { file, store } = await storeWithTask(1_500)
    const observer = new Database(file, { readonly: true })
    const history = observer.prepare('SELECT * FROM purge_history')
    const started = new Date(100_000).toISOString()
    const taken = { tasks: 0, chunks: 0, bytes: 0, sessions: 0 }
    await purgeAll(store, (step, at) => {
      for (const name of ['tasks', 'chunks', 'bytes', 'sessions'] as const) taken[name] += step[name]
      const finished = new Date(at).toISOString()
      expect(history.all()).toEqual([{ started, finished, trigger: 'person', ...taken }])
    })
    expect(taken).toEqual({ tasks: 1, chunks: 1_502, bytes: 3_003, sessions: 1 })
    observer.close()
    store.close()
  })

  it('truncates the file with each step, not all at once', async () => {
    const { file, store } = await storeWithTask(2_000, 'x'.repeat(4_000))
    await purgeAll(store)
    const sizes = [statSync(file).size]
    for (let done = false; !done; ) {
      done = (await store.reclaimStep()).done
      sizes.push(statSync(file).size)
    }
    expect(sizes.length).toBeGreaterThan(3)
    expect(sizes.at(-1)).toBeLessThan(500_000)
    const largestCut = Math.max(...sizes.slice(1).map((size, step) => (sizes[step] ?? size) - size))
    expect(largestCut).toBeLessThan(4_000_000)
    store.close()
  })
})
