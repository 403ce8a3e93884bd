import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { LOST_CHUNK } from '../../src/store/recovery/rebuild-chunks.js'
import { rebuildDatabase } from '../../src/store/recovery/recover.js'
import { isSound } from '../../src/store/recovery/soundness.js'
import { openStore } from '../../src/store/store.js'
import { append, completion, startedTask, text } from '../contract/store.js'
import { tempDirectory } from '../helpers/temp-state.js'

const NOW = 1_000_000
const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
const everything = { from: 0, maxBytes: 1e9 }

/** A database in which something is done by hand afterwards, and recovery of it. */
async function recover(ids: string[], harm: (db: Database.Database) => void) {
  const directory = tempDirectory('salvage')
  const file = join(directory, 'spoold.db')
  const store = openStore({ file, durability: 'normal' })
  for (const id of ids) {
    const run = await startedTask(store, { id })
    await store.append(append(run, 1, [text('one '), text('two '), text('three')]))
    if (id.startsWith('task-ended')) await store.finish(completion(run))
  }
  store.close()
  const db = new Database(file)
  // Nothing of it is what spoold would do.
  db.exec('DROP TRIGGER chunks_are_immutable; DROP TRIGGER ended_tasks_stay_ended')
  db.pragma('foreign_keys = OFF')
  db.pragma('ignore_check_constraints = ON')
  harm(db)
  db.close()
  const fresh = join(directory, 'fresh.db')
  const result = rebuildDatabase(file, fresh, NOW)
  const recovered = openStore({ file: fresh, durability: 'normal' })
  const pages = new Map<string, Awaited<ReturnType<typeof recovered.readChunks>>>()
  for (const { id } of (await recovered.listTasks({ includeEnded: true, limit: 100 })).tasks) {
    pages.set(id, await recovered.readChunks(id, everything))
  }
  recovered.close()
  expect(isSound(fresh)).toBe(true)
  return { result, pages, file }
}

const contents = (page: { chunks: { content: string }[] } | undefined) =>
  page?.chunks.map(({ content }) => content)

describe('recovery', () => {
  it('promise 1: a lost chunk is replaced by a notice, and the others keep their indices', async () => {
    const { result, pages } = await recover(['task-ended'], (db) =>
      db.exec('DELETE FROM chunks WHERE idx = 2'),
    )
    expect(contents(pages.get('task-ended'))).toEqual(['go\n', 'one ', LOST_CHUNK, 'three', ''])
    expect(result.chunks).toEqual({ kept: 4, lost: 1 })
    expect(pages.get('task-ended')?.task.status).toBe('completed')
  })

  it('promise 5: the replacement of a lost final chunk is final', async () => {
    const { pages } = await recover(['task-ended'], (db) => db.exec('DELETE FROM chunks WHERE idx = 4'))
    expect(pages.get('task-ended')?.chunks.at(-1)).toMatchObject({
      index: 4,
      content: LOST_CHUNK,
      isFinal: true,
    })
  })

  it('promise 6: a task whose row is lost is failed and keeps its chunks', async () => {
    const { result, pages } = await recover(['task-ended', 'task-ended2'], (db) =>
      db.exec("DELETE FROM tasks WHERE id = 'task-ended'"),
    )
    const [id = ''] = result.lostTaskIds
    expect(pages.get(id)?.task).toMatchObject({ status: 'failed', endReason: 'lost', completedAt: NOW })
    expect(contents(pages.get(id))?.slice(0, 4)).toEqual(['go\n', 'one ', 'two ', 'three'])
    expect(pages.get('task-ended2')?.task.status).toBe('completed')
  })

  it('promise 6: a row that violates a constraint is lost, its id is not', async () => {
    const { result, pages } = await recover(['task-ended'], (db) =>
      db.exec("UPDATE tasks SET status = 'complftfd'"),
    )
    expect(result.lostTaskIds).toEqual(['task-ended'])
    expect(pages.get('task-ended')?.task).toMatchObject({ status: 'failed', endReason: 'lost' })
  })

  it('promise 4: an active task stays active; if its row is older than its chunks, a notice says that output may repeat', async () => {
    const { pages } = await recover(['task-running'], (db) => db.exec('UPDATE tasks SET chunk_count = 2'))
    const page = pages.get('task-running')
    expect(page?.task).toMatchObject({ status: 'streaming', chunkCount: 5 })
    expect(contents(page)?.slice(0, 4)).toEqual(['go\n', 'one ', 'two ', 'three'])
    expect(page?.chunks.at(-1)).toMatchObject({
      kind: 'notice',
      content: expect.stringContaining('may repeat'),
    })
  })

  it('promise 6: a task whose end is missing in its row is failed', async () => {
    const { pages } = await recover(['task-ended'], (db) =>
      db.exec(
        `UPDATE tasks SET status = 'streaming', end_reason = NULL, completed_at = NULL, expires_at = NULL, chunk_count = 3`,
      ),
    )
    expect(pages.get('task-ended')?.task).toMatchObject({
      status: 'failed',
      endReason: 'lost',
      chunkCount: 5,
    })
  })

  it('promise 9: text that is no longer UTF-8 is lost', async () => {
    const { pages } = await recover(['task-ended'], (db) =>
      db.exec("UPDATE chunks SET content = CAST(x'6f6e65ff' AS TEXT) WHERE idx = 1"),
    )
    expect(contents(pages.get('task-ended'))?.[1]).toBe(LOST_CHUNK)
  })

  it('a lost session is created again for its tasks', async () => {
    const { result, pages } = await recover(['task-ended'], (db) => db.exec('DELETE FROM sessions'))
    expect(result.sessions).toEqual({ kept: 0, lost: 1 })
    expect(pages.get('task-ended')?.task).toMatchObject({ status: 'completed', agent: 'echo' })
  })

  it('promise 11: a task that was being purged does not come back', async () => {
    const { pages } = await recover(['task-ended', 'task-ended2'], (db) =>
      db.exec(
        "UPDATE tasks SET purged_at = 1 WHERE id = 'task-ended'; DELETE FROM chunks WHERE idx = 0 AND task_key = 1",
      ),
    )
    expect([...pages.keys()]).toEqual(['task-ended2'])
  })
})

it('recovers a database with an older schema into the current one', async () => {
  const directory = tempDirectory('salvage')
  const file = join(directory, 'spoold.db')
  const db = new Database(file)
  for (const pragma of ['page_size = 8192', 'auto_vacuum = INCREMENTAL', 'journal_mode = WAL'])
    db.pragma(pragma)
  for (const name of ['0000_tables', '0001_views_and_guards']) {
    db.exec(readFileSync(join(MIGRATIONS, `${name}.sql`), 'utf8'))
  }
  db.exec(`
    INSERT INTO sessions (id, agent, working_directory, created_at, last_used_at) VALUES ('session-1', 'kiro', '/', 1, 1);
    INSERT INTO tasks (key, id, session_key, agent, message, working_directory, ttl_ms, status, created_at, started_at,
        chunk_count, attempt, token, pid, pid_start_time, boot_id, out_offset, decoder_state)
      VALUES (7, 'task-running', 1, 'kiro', 'work', '/', 9, 'streaming', 1, 2, 1, 3, 'mark', 77, '5', 'boot', 12, '{"kind":"kiro"}');
    INSERT INTO chunks (task_key, idx, kind, content, at, is_final) VALUES (7, 0, 'text', 'Grüße', 2, 0);
  `)
  db.close()
  const fresh = join(directory, 'fresh.db')
  expect(rebuildDatabase(file, fresh, NOW)).toMatchObject({
    sessions: { kept: 1, lost: 0 },
    tasks: { kept: 1, lost: 0 },
    chunks: { kept: 1, lost: 0 },
  })
  const store = openStore({ file: fresh, durability: 'full' })
  expect((await store.activeRuns())[0]).toMatchObject({
    taskId: 'task-running',
    attempt: 3,
    token: 'mark',
    identity: { pid: 77, startTime: '5', bootId: 'boot' },
    offsets: { out: 12, err: 0 },
  })
  expect(contents(await store.readChunks('task-running', everything))).toEqual(['Grüße'])
  store.close()
})

it('recovers the pages of a log that starts with zeros', async () => {
  const directory = tempDirectory('salvage')
  const [file, damaged] = [join(directory, 'spoold.db'), join(directory, 'damaged.db')]
  const store = openStore({ file, durability: 'normal' })
  const run = await startedTask(store, { id: 'task-ended' })
  await store.append(append(run, 1, [text('only in the log')]))
  await store.finish(completion(run))
  copyFileSync(file, damaged)
  const log = readFileSync(`${file}-wal`)
  store.close()
  // The log's header, and the whole of its first page with what stands before that.
  writeFileSync(`${damaged}-wal`, log.fill(0, 0, 32 + 24 + 8192))
  const fresh = join(directory, 'fresh.db')
  expect(rebuildDatabase(damaged, fresh, NOW)).toMatchObject({ chunks: { kept: 3, lost: 0 } })
})

it('promise 10: a database of a newer version is rejected', async () => {
  const directory = tempDirectory('salvage')
  const file = join(directory, 'spoold.db')
  openStore({ file, durability: 'full' }).close()
  const db = new Database(file)
  db.pragma('user_version = 99')
  db.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('of a newer one', 9e12)")
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  expect(() => rebuildDatabase(file, join(directory, 'fresh.db'), NOW)).toThrow(/newer spoold/)
})

it('promise 9: a damaged header with a higher version does not prevent recovery', async () => {
  const directory = tempDirectory('salvage')
  const file = join(directory, 'spoold.db')
  const store = openStore({ file, durability: 'full' })
  await startedTask(store)
  store.close()
  const db = new Database(file)
  db.pragma('user_version = 19712')
  db.close()
  expect(isSound(file)).toBe(false)
  expect(rebuildDatabase(file, join(directory, 'fresh.db'), NOW)).toMatchObject({
    tasks: { kept: 1, lost: 0 },
  })
})

it('promise 9: chunks hidden by a damaged index are reported as damage', async () => {
  const file = join(tempDirectory('hidden'), 'spoold.db')
  const store = openStore({ file, durability: 'normal' })
  const run = await startedTask(store)
  await store.append(append(run, 1, [text('one '), text('two '), text('three')]))
  await store.finish(completion(run))
  const db = new Database(file)
  db.exec('DELETE FROM chunks WHERE idx = 2')
  db.close()
  const rejection = { code: 'storage_corrupt', message: expect.stringContaining('spoold db --recover') }
  await expect(store.readChunks(run.taskId, everything)).rejects.toMatchObject(rejection)
  await expect(store.readChunks(run.taskId, { from: 2, maxBytes: 1e9 })).rejects.toMatchObject(rejection)
  await expect(store.readText(run.taskId, 1e9)).rejects.toMatchObject(rejection)
  store.close()
  expect(isSound(file)).toBe(false)
})
