import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/store.js'
import { append, completion, startedTask, text } from '../contract/store.js'
import { PROJECT } from '../helpers/build.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const durability = 'full'
const fileIn = (directory = tempDirectory('db')) => join(directory, 'spoold.db')
const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

function rejection(file: string): { code: string; message: string } {
  try {
    openStore({ file, durability }).close()
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('it was opened')
}

describe('opening the database', () => {
  it('creates a private file with the permanent pragmas', () => {
    const file = fileIn()
    openStore({ file, durability }).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const db = new Database(file, { readonly: true })
    const pragma = (name: string) => db.pragma(name, { simple: true })
    expect([pragma('page_size'), pragma('auto_vacuum'), pragma('journal_mode')]).toEqual([8192, 2, 'wal'])
    expect([pragma('user_version'), pragma('application_id')]).toEqual([3, 0x53504f4c])
    expect(db.pragma('foreign_key_check')).toEqual([])
    db.close()
  })

  it('creates strict tables only', () => {
    const file = fileIn()
    openStore({ file, durability }).close()
    const db = new Database(file, { readonly: true })
    const loose = db
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
      .pluck()
      .all() as string[]
    db.close()
    expect(loose.filter((name) => !name.startsWith('sqlite_') && !name.startsWith('__drizzle'))).toEqual([])
  })

  it('promise 10: rejects a database of a newer version and leaves it untouched', () => {
    const file = fileIn()
    openStore({ file, durability }).close()
    const db = new Database(file)
    db.pragma('user_version = 99')
    db.pragma('journal_mode = DELETE')
    db.close()
    const before = hash(file)
    expect(rejection(file)).toMatchObject({ code: 'storage_newer', message: expect.stringContaining(file) })
    expect(hash(file)).toBe(before)
  })

  it('promise 10: rejects a foreign database and leaves it untouched', () => {
    const file = fileIn()
    const db = new Database(file)
    db.exec('CREATE TABLE recipes (name TEXT)')
    db.close()
    const before = hash(file)
    expect(rejection(file)).toMatchObject({ code: 'storage_corrupt', message: expect.stringContaining(file) })
    expect(hash(file)).toBe(before)
  })

  it('promise 10: rejects a file that is not a database, names it and keeps it', () => {
    const file = fileIn()
    writeFileSync(file, 'these are not the bytes of a database '.repeat(500))
    const before = hash(file)
    expect(rejection(file)).toMatchObject({ code: 'storage_corrupt', message: expect.stringContaining(file) })
    expect(hash(file)).toBe(before)
    expect(existsSync(file)).toBe(true)
  })

  it('opens a database whose first start was interrupted', () => {
    const file = fileIn()
    const db = new Database(file)
    // What drizzle makes before the transaction that holds the first migration.
    db.exec(
      'CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
    )
    db.close()
    openStore({ file, durability }).close()
  })
})

describe('the constraints of the tables', () => {
  it('promise 1: a chunk cannot be changed', async () => {
    const file = fileIn()
    const store = openStore({ file, durability })
    await startedTask(store)
    const db = new Database(file)
    expect(() => db.exec("UPDATE chunks SET content = 'forged'")).toThrow(/a chunk never changes/)
    db.close()
    store.close()
  })

  it('promise 5: an end cannot be undone', async () => {
    const file = fileIn()
    const store = openStore({ file, durability })
    await store.finish(completion(await startedTask(store)))
    const db = new Database(file)
    expect(() => db.exec("UPDATE tasks SET status = 'failed'")).toThrow(/a finished task is finished/)
    db.close()
    store.close()
  })
})

/** Lets nobody else in for half a second, as whoever restores it after a crash does. */
const HOLDER = `
  const db = new (require('better-sqlite3'))(process.argv[1])
  db.pragma('locking_mode = EXCLUSIVE')
  db.exec('BEGIN EXCLUSIVE')
  process.stdout.write('held')
  setTimeout(() => {}, 500)`

describe('promise 12: the database is the interface', () => {
  it('opens as soon as another program releases it', async () => {
    const file = fileIn()
    openStore({ file, durability }).close()
    const holder = spawn(process.execPath, ['-e', HOLDER, file], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(holder, 'exit')
    await once(holder.stdout, 'data')
    openStore({ file, durability }).close()
    await gone
  })

  const sqlite3 = (file: string, sql: string) =>
    new Promise<string>((resolve, reject) => {
      const child = spawn('sqlite3', ['-readonly', file, sql], { stdio: ['ignore', 'pipe', 'pipe'] })
      let out = ''
      let err = ''
      child.stdout.on('data', (data) => (out += data))
      child.stderr.on('data', (data) => (err += data))
      child.on('error', reject)
      child.on('close', (code) => (code === 0 ? resolve(out.trimEnd()) : reject(new Error(err))))
    })

  it('serves the stock sqlite3 command during writes', async () => {
    const file = fileIn()
    const store = openStore({ file, durability })
    const run = await startedTask(store, { message: 'say it' })
    await store.append(append(run, 1, [text('one '), { kind: 'thought', content: 'hm' }, text('two')]))
    await waitFor(
      'the history',
      async () => (await sqlite3(file, 'SELECT count(*) FROM task_history')) === '1',
    )
    expect(await sqlite3(file, 'SELECT status, chunks, message, completed FROM task_history')).toBe(
      'streaming|4|say it|',
    )
    expect(await sqlite3(file, 'SELECT text FROM task_text')).toBe('one two')
    expect(
      await sqlite3(file, 'SELECT chunk_index, at, kind, content FROM task_transcript WHERE chunk_index > 0'),
    ).toBe(
      '1|1970-01-01T00:00:03.000Z|text|one \n2|1970-01-01T00:00:03.000Z|thought|hm\n3|1970-01-01T00:00:03.000Z|text|two',
    )
    await store.finish(completion(run))
    const ended = 'SELECT end_reason, exit_code, duration_seconds, created, expires FROM task_history'
    expect(await sqlite3(file, ended)).toBe('exit|0|2.0|1970-01-01T00:00:01.000Z|1970-01-01T00:01:04.000Z')
    store.close()
  })
})
