import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.js'
import { EVERYTHING, openScene, type Scene, shellAgent } from './scene.js'

function query(scene: Scene, sql: string): unknown {
  const db = new Database(join(scene.directory, 'spoold.db'), { readonly: true })
  try {
    return db.prepare(sql).pluck().get()
  } finally {
    db.close()
  }
}

const big = shellAgent('seq 1 200000')

describe('promise 11: the purge', () => {
  it('removes what is past its time, frees the space, and records what it removed', async () => {
    const scene = openScene({ agents: { big } })
    const expired = await scene.start('x', 'big', { ttlMs: 1 })
    const kept = await scene.start('kept')
    const pinned = await scene.start('pinned', 'echo', { ttlMs: 1 })
    await scene.service.setPinned(pinned.id, true)
    for (const task of [expired, kept, pinned]) await scene.untilEnd(task.id)
    const { chunkCount, bytes } = (await scene.progress(expired.id)).task
    // The search index shrinks too.
    const isSearchable = () => query(scene, 'SELECT count(*) FROM tasks WHERE search_idx IS NOT NULL') === 0
    await waitFor('everything to be searchable', isSearchable)
    const pages = query(scene, 'SELECT page_count FROM pragma_page_count') as number

    expect(await scene.running.purgeExpired()).toMatchObject({ tasks: 1, chunks: chunkCount, bytes })
    await expect(scene.progress(expired.id)).rejects.toMatchObject({ code: 'task_not_found' })
    const left = await scene.service.list({ includeDone: true, limit: 10 })
    expect(left.tasks.map((task) => task.id)).toEqual([pinned.id, kept.id])
    expect(
      query(
        scene,
        "SELECT tasks || ' ' || chunks || ' ' || bytes FROM purge_history WHERE trigger = 'schedule'",
      ),
    ).toBe(`1 ${chunkCount} ${bytes}`)
    expect(query(scene, 'SELECT freelist_count FROM pragma_freelist_count')).toBe(0)
    expect(query(scene, 'SELECT page_count FROM pragma_page_count')).toBeLessThan(pages / 2)
  })

  it('records nothing if it removed nothing, and never removes a running task', async () => {
    const scene = openScene({ agents: { slow: shellAgent('echo begun; sleep 30') } })
    const task = await scene.start('x', 'slow', { ttlMs: 1 })
    await scene.untilText(task.id, 'begun')
    expect(await scene.running.purgeExpired()).toMatchObject({ tasks: 0 })
    expect(await scene.service.purge({ olderThanMs: 0, dryRun: false })).toMatchObject({ tasks: 0 })
    expect(query(scene, 'SELECT count(*) FROM purge_history')).toBe(0)
    expect((await scene.progress(task.id)).task.status).toBe('streaming')
  })

  it('lets polls run between its steps', async () => {
    const scene = openScene({
      agents: { big: shellAgent('for i in 1 2 3 4 5 6 7 8 9; do seq 1 200000; done') },
    })
    const expired = await scene.start('x', 'big', { ttlMs: 1 })
    const kept = await scene.start('kept')
    await scene.untilEnd(expired.id)
    await scene.untilEnd(kept.id)
    let isOver = false
    const purge = scene.running.purgeExpired().finally(() => {
      isOver = true
    })
    let polls = 0
    while (!isOver) {
      expect((await scene.service.status(kept.id, EVERYTHING)).result).toBe('kept')
      polls += 1
      await nextTurn()
    }
    expect((await purge).tasks).toBe(1)
    expect(polls).toBeGreaterThan(1)
  })

  it('only counts in a dry run', async () => {
    const scene = openScene()
    const task = await scene.start('x', 'echo')
    await scene.untilEnd(task.id)
    expect(await scene.service.purge({ olderThanMs: 0, dryRun: true })).toMatchObject({
      tasks: 1,
      chunks: 3,
    })
    expect((await scene.progress(task.id)).task.status).toBe('completed')
    expect(await scene.service.purge({ olderThanMs: 0, dryRun: false })).toMatchObject({
      tasks: 1,
      chunks: 3,
    })
  })

  it('removes leftover spools', async () => {
    const scene = openScene()
    mkdirSync(join(scene.directory, 'spool', 'task-unknown'), { recursive: true })
    await scene.running.purgeExpired()
    expect(await scene.processes.spooledTasks()).toEqual([])
  })
})
