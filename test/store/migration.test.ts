import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { makeDatabase, olderSchemas } from '../torture/migrations/released-schemas.js'

/** A database of the first schema, as spoold 0.1 left it, with a running task and an ended one. */
function databaseOfSchema1(): string {
  const file = join(tempDirectory('schema-1'), 'spoold.db')
  const db = makeDatabase(file, olderSchemas().get(1) as number)
  db.exec(`
    INSERT INTO sessions (id, agent, working_directory, created_at, last_used_at) VALUES ('session-1', 'kiro', '/', 1, 1);
    INSERT INTO tasks (key, id, session_key, agent, message, working_directory, ttl_ms, status, end_reason, exit_code,
        created_at, started_at, completed_at, expires_at, chunk_count, attempt)
      VALUES (4, 'task-ended', 1, 'kiro', 'hello', '/', 9, 'completed', 'exit', 0, 1, 2, 3, 9e15, 2, 1);
    INSERT INTO tasks (key, id, session_key, agent, message, working_directory, ttl_ms, status, created_at, started_at,
        attempt, token, pid, pid_start_time, boot_id, out_offset, decoder_state)
      VALUES (7, 'task-running', 1, 'kiro', 'work', '/', 9, 'streaming', 1, 2, 3, 'mark', 77, '5', 'boot', 12, '{"kind":"kiro"}');
    INSERT INTO chunks (task_key, idx, kind, content, at, is_final)
      VALUES (4, 0, 'text', 'Grüße', 2, 0), (4, 1, 'notice', '', 3, 1);
  `)
  db.close()
  return file
}

describe('a database of schema 1', () => {
  it('is migrated with all its rows', async () => {
    const store = openStore({ file: databaseOfSchema1(), durability: 'full' })
    const page = await store.readChunks('task-ended', { from: 0, maxBytes: 1e6 })
    expect(page?.task).toMatchObject({ status: 'completed', permissions: 'deny', exitCode: 0 })
    expect(page?.chunks.map(({ content }) => content)).toEqual(['Grüße', ''])
    const [run] = await store.activeRuns()
    expect(run).toMatchObject({
      taskId: 'task-running',
      attempt: 3,
      token: 'mark',
      identity: { pid: 77, startTime: '5', bootId: 'boot' },
      offsets: { out: 12, err: 0 },
      response: null,
    })
    store.close()
  })

  it('has the same views, triggers, indexes and pragmas as a new one', () => {
    const file = databaseOfSchema1()
    openStore({ file, durability: 'full' }).close()
    const fresh = join(tempDirectory('fresh'), 'spoold.db')
    openStore({ file: fresh, durability: 'full' }).close()
    const schemaOf = (path: string) => {
      const db = new Database(path, { readonly: true })
      const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()
      const version = db.pragma('user_version', { simple: true })
      db.close()
      return { objects, version }
    }
    expect(schemaOf(file)).toEqual(schemaOf(fresh))
    const db = new Database(file)
    expect(db.pragma('foreign_key_check')).toEqual([])
    expect(() => db.exec("UPDATE tasks SET status = 'failed' WHERE key = 4")).toThrow('finished')
    expect(() => db.exec("UPDATE chunks SET content = ''")).toThrow('never changes')
    expect(db.prepare('SELECT count(*) FROM task_history').pluck().get()).toBe(2)
    // A key is never given twice, so no old chunk can be taken for a new task's.
    expect(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'tasks'").pluck().get()).toBe(7)
    db.close()
  })
})
