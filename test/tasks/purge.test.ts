import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.js'
import { EVERYTHING, openWorkshop, shellAgent, type Workshop } from './scene.js'

function ask(workshop: Workshop, sql: string): unknown {
  const db = new Database(join(workshop.directory, 'spoold.db'), { readonly: true })
  try {
    return db.prepare(sql).pluck().get()
  } finally {
    db.close()
  }
}

const big = shellAgent('seq 1 200000')

describe('promise 11: the purge', () => {
  it('takes what is past its time, gives the space back, and writes down what it took', async () => {
    const workshop = openWorkshop({ agents: { big } })
    const expired = await workshop.start('x', 'big', { ttlMs: 1 })
    const kept = await workshop.start('kept')
    const pinned = await workshop.start('pinned', 'echo', { ttlMs: 1 })
    await workshop.service.setPinned(pinned.id, true)
    for (const task of [expired, kept, pinned]) await workshop.untilEnd(task.id)
    const { chunkCount, bytes } = (await workshop.progress(expired.id)).task
    // The search has to forget it, too.
    const isSearchable = () => ask(workshop, 'SELECT count(*) FROM tasks WHERE search_idx IS NOT NULL') === 0
    await waitFor('all to be searchable', isSearchable)
    const pages = ask(workshop, 'SELECT page_count FROM pragma_page_count') as number

    expect(await workshop.running.purgeExpired()).toMatchObject({ tasks: 1, chunks: chunkCount, bytes })
    await expect(workshop.progress(expired.id)).rejects.toMatchObject({ code: 'task_not_found' })
    const left = await workshop.service.list({ includeDone: true, limit: 10 })
    expect(left.tasks.map((task) => task.id)).toEqual([pinned.id, kept.id])
    expect(
      ask(
        workshop,
        "SELECT tasks || ' ' || chunks || ' ' || bytes FROM purge_history WHERE trigger = 'schedule'",
      ),
    ).toBe(`1 ${chunkCount} ${bytes}`)
    expect(ask(workshop, 'SELECT freelist_count FROM pragma_freelist_count')).toBe(0)
    expect(ask(workshop, 'SELECT page_count FROM pragma_page_count')).toBeLessThan(pages / 2)
  })

  it('writes nothing down where it took nothing, and never takes what runs', async () => {
    const workshop = openWorkshop({ agents: { slow: shellAgent('echo begun; sleep 30') } })
    const task = await workshop.start('x', 'slow', { ttlMs: 1 })
    await workshop.untilText(task.id, 'begun')
    expect(await workshop.running.purgeExpired()).toMatchObject({ tasks: 0 })
    expect(await workshop.service.purge({ olderThanMs: 0, dryRun: false })).toMatchObject({ tasks: 0 })
    expect(ask(workshop, 'SELECT count(*) FROM purge_history')).toBe(0)
    expect((await workshop.progress(task.id)).task.status).toBe('streaming')
  })

  it('answers polls between its bites', async () => {
    const workshop = openWorkshop({
      agents: { big: shellAgent('for i in 1 2 3 4 5 6 7 8 9; do seq 1 200000; done') },
    })
    const expired = await workshop.start('x', 'big', { ttlMs: 1 })
    const kept = await workshop.start('kept')
    await workshop.untilEnd(expired.id)
    await workshop.untilEnd(kept.id)
    let isOver = false
    const purge = workshop.running.purgeExpired().finally(() => {
      isOver = true
    })
    let answers = 0
    while (!isOver) {
      expect((await workshop.service.status(kept.id, EVERYTHING)).result).toBe('kept')
      answers += 1
      await nextTurn()
    }
    expect((await purge).tasks).toBe(1)
    expect(answers).toBeGreaterThan(1)
  })

  it('counts without taking where that is asked for', async () => {
    const workshop = openWorkshop()
    const task = await workshop.start('x', 'echo')
    await workshop.untilEnd(task.id)
    expect(await workshop.service.purge({ olderThanMs: 0, dryRun: true })).toMatchObject({
      tasks: 1,
      chunks: 3,
    })
    expect((await workshop.progress(task.id)).task.status).toBe('completed')
    expect(await workshop.service.purge({ olderThanMs: 0, dryRun: false })).toMatchObject({
      tasks: 1,
      chunks: 3,
    })
  })

  it('takes spools that were left over', async () => {
    const workshop = openWorkshop()
    mkdirSync(join(workshop.directory, 'spool', 'task-of-nobody'), { recursive: true })
    await workshop.running.purgeExpired()
    expect(await workshop.runner.spooledTasks()).toEqual([])
  })
})
