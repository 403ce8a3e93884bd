import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Piece } from '../../src/domain/chunk.js'
import type { SearchQuery } from '../../src/domain/search.js'
import type { NewTask, TaskStore } from '../../src/domain/store.js'
import { rebuildDatabase } from '../../src/store/recovery/recover.js'
import { isSound } from '../../src/store/recovery/soundness.js'
import { openStore } from '../../src/store/store.js'
import { append, completion, newTask, startedTask, text } from '../contract/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { makeDatabase, olderSchemas } from '../torture/migrations/released-schemas.js'

const never = new AbortController().signal
let file: string
let store: TaskStore

function open(path = join(tempDirectory('search'), 'spoold.db')): TaskStore {
  file = path
  const opened = openStore({ file, durability: 'normal' })
  onTestFinished(() => opened.close())
  return opened
}

beforeEach(() => {
  store = open()
})

/** A task that has ended, after its agent said this. */
async function ended(pieces: Piece[], over: Partial<NewTask> = {}): Promise<string> {
  const run = await startedTask(store, over)
  await store.append(append(run, 1, pieces))
  await store.finish(completion(run))
  return run.taskId
}

async function index(): Promise<number> {
  let steps = 0
  while (!(await store.indexStep()).done) steps += 1
  return steps
}

const search = (words: string, over: Partial<SearchQuery> = {}) =>
  store.search({ words, limit: 10, ...over }, never)
const found = async (words: string, over: Partial<SearchQuery> = {}) =>
  (await search(words, over)).matches.map(({ taskId }) => taskId)

/** Fails where the index holds anything else than the passages do. */
function expectIndexSound(): void {
  const db = new Database(file)
  db.prepare("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)").run()
  db.close()
}

describe('a search', () => {
  it('finds messages and answers, with position and snippet', async () => {
    const asked = await ended([text('An answer')], { message: 'Why is there a deadlock?' })
    const spoken = await ended([
      text('First words. '),
      { kind: 'thought', content: 'a deadlock that was only thought of' },
      text('The connection pool has a '),
      text('deadlock in it.\n'),
    ])
    await index()
    const { matches, taskCount, waitingCount } = await search('DEADLOCK')
    expect([taskCount, waitingCount]).toEqual([2, 0])
    expect(matches.find(({ taskId }) => taskId === asked)).toMatchObject({
      chunkIndex: null,
      snippet: 'Why is there a «deadlock»?',
      status: 'completed',
      agent: 'echo',
    })
    expect(matches.find(({ taskId }) => taskId === spoken)).toMatchObject({
      chunkIndex: 4,
      snippet: 'First words. The connection pool has a «deadlock» in it.\n',
      message: 'hello',
      passages: 1,
    })
    expectIndexSound()
  })

  it('requires all words and whole phrases, supports prefixes, ignores case and accents', async () => {
    const id = await ended([text('Die größte Übung: foo_bar, re-try and naïve café')])
    await index()
    for (const words of [
      'ubung',
      'GRÖSSTE',
      '"foo bar"',
      'foo_bar',
      'retry',
      'caf*',
      '"naive caf"*',
      'die cafe',
    ]) {
      const isThere = !['GRÖSSTE', 'retry'].includes(words)
      expect(await found(words), words).toEqual(isThere ? [id] : [])
    }
    expect(await found('café nothing')).toEqual([])
  })

  it('finds a message at once, and output and errors once the task has ended', async () => {
    const run = await startedTask(store, { message: 'waiting for godot' })
    await store.append(append(run, 1, [text('a rustling')]))
    await index()
    expect(await found('godot')).toEqual([run.taskId])
    expect(await found('rustling')).toEqual([])
    await store.finish({
      ...completion(run),
      finalPiece: { kind: 'error', content: '\nError: he never came' },
      outcome: { status: 'failed', endReason: 'agent_error', error: 'he never came', exitCode: 1 },
    })
    expect((await search('godot')).waitingCount).toBe(1)
    await index()
    expect(await found('rustling')).toEqual([run.taskId])
    expect((await search('"never came"')).matches).toMatchObject([{ taskId: run.taskId, chunkIndex: 2 }])
  })

  it('orders by rank, then newest first', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) ids.unshift(await ended([text('the same words')]))
    const best = await ended([text('words words words')])
    await index()
    expect(await found('words')).toEqual([best, ...ids])
    const { matches, taskCount } = await search('words', { limit: 2 })
    expect([matches.length, taskCount]).toEqual([2, 6])
  })

  it('can be limited to a session, an agent and a time', async () => {
    const old = await ended([text('needle')])
    const id = 'task-of-other'
    const session = { open: { id: 'session-other', agent: 'other', workingDirectory: '/', at: 5_000 } }
    await store.createTask(newTask({ id, session, agent: 'other', message: 'needle', at: 5_000 }), 10)
    await index()
    expect(await found('needle', { agent: 'other' })).toEqual([id])
    expect(await found('needle', { sessionId: 'session-other' })).toEqual([id])
    expect(await found('needle', { createdSince: 5_000 })).toEqual([id])
    expect((await found('needle')).sort()).toEqual([old, id].sort())
    await expect(search('needle', { sessionId: 'session-none' })).rejects.toMatchObject({
      code: 'session_not_found',
    })
    await expect(search('***')).rejects.toMatchObject({ code: 'invalid_input', field: 'query' })
  })

  it('yields to other work, runs one search at a time, and ends with the signal', async () => {
    for (let n = 0; n < 30; n += 1) await ended([text('common word '.repeat(5_000))])
    await index()
    const searches = await Promise.all([search('common'), search('word'), search('"common word"')])
    expect(searches.map(({ taskCount }) => taskCount)).toEqual([30, 30, 30])
    const aborted = new AbortController()
    aborted.abort(new Error('nobody waits'))
    await expect(store.search({ words: 'common', limit: 30 }, aborted.signal)).rejects.toThrow('nobody waits')
    expect(await found('common', { limit: 1 })).toHaveLength(1)
  })
})

describe('the index', () => {
  it('has every word of a long answer exactly once, in passages cut between words', async () => {
    const words = Array.from({ length: 60_000 }, (_, n) => `w${n}`)
    const pieces: Piece[] = []
    for (let n = 0; n < words.length; n += 100) pieces.push(text(`${words.slice(n, n + 100).join(' ')} `))
    const id = await ended(pieces)
    expect(await index()).toBeGreaterThan(5)
    for (const word of ['w0', 'w9300', 'w59999']) {
      const { matches } = await search(word)
      expect(matches).toMatchObject([{ taskId: id, passages: 1 }])
      expect(matches[0]?.chunkIndex).toBe(1 + Math.floor(Number(word.slice(1)) / 100))
    }
    const db = new Database(file, { readonly: true })
    const rows = db
      .prepare('SELECT first_idx, last_idx, bytes FROM passages WHERE first_idx >= 0 ORDER BY key')
      .all() as {
      first_idx: number
      last_idx: number
      bytes: number
    }[]
    db.close()
    rows.forEach(({ first_idx, bytes }, place) => {
      expect(first_idx).toBe(place === 0 ? 0 : (rows[place - 1]?.last_idx ?? 0) + 1)
      expect(bytes).toBeLessThanOrEqual(65_536)
    })
    expectIndexSound()
    expect(await index()).toBe(0)
  })

  it('continues after a crash between two steps', async () => {
    const id = await ended(Array.from({ length: 20 }, (_, n) => text(`${'x '.repeat(8_000)}end${n}\n`)))
    await store.indexStep()
    await store.indexStep()
    store.close()
    store = open(file)
    await index()
    for (const word of ['end0', 'end10', 'end19']) expect(await found(word)).toEqual([id])
    expect((await search('x')).matches[0]?.passages).toBe(5)
    expectIndexSound()
  })

  it('includes tasks of an older schema', async () => {
    const old = join(tempDirectory('old'), 'spoold.db')
    const db = makeDatabase(old, olderSchemas().get(2) as number)
    db.exec(`
      INSERT INTO sessions (id, agent, working_directory, created_at, last_used_at) VALUES ('session-1', 'kiro', '/', 1, 1);
      INSERT INTO tasks (id, session_key, agent, message, working_directory, ttl_ms, status, end_reason, exit_code,
          created_at, started_at, completed_at, expires_at, chunk_count, attempt)
        VALUES ('task-old', 1, 'kiro', 'hello', '/', 9, 'completed', 'exit', 0, 1, 2, 3, 9e15, 2, 1);
      INSERT INTO chunks (task_key, idx, kind, content, at, is_final)
        VALUES (1, 0, 'text', 'from long ago', 2, 0), (1, 1, 'notice', '', 3, 1);`)
    db.close()
    store = open(old)
    expect((await search('ago')).waitingCount).toBe(1)
    await index()
    expect((await search('ago')).matches).toMatchObject([{ taskId: 'task-old', chunkIndex: 0 }])
  })
})

describe('promise 11: a purged task', () => {
  const purgeRun = { startedAt: 1e9, at: 1e9, trigger: 'schedule' as const, record: null }
  const cutoff = { expiredAt: 1e9, sessionsUnusedSince: 0 }

  it('is not found from the first step of the purge, and the index is consistent after each step', async () => {
    const long = Array.from({ length: 30 }, () => text('needle and other words\n'.repeat(700)))
    const first = await ended(long, { message: 'needle' })
    const kept = await ended([text('needle kept')], { ttlMs: 1e12 })
    const alone = await ended([text('needle alone')])
    await index()
    expect((await found('needle')).sort()).toEqual([first, kept, alone].sort())
    let steps = 0
    for (let done = false; !done; steps += 1) {
      done = (await store.purgeStep(cutoff, purgeRun)).done
      const left = await found('needle')
      for (const id of left) expect(await store.getTask(id)).toBeDefined()
      expectIndexSound()
    }
    expect(steps).toBeGreaterThan(5)
    expect(await found('needle')).toEqual([kept])
    const db = new Database(file, { readonly: true })
    expect(db.prepare('SELECT count(*) FROM passages').pluck().get()).toBe(2)
    db.close()
  })

  it('leaves an empty index if no task is left', async () => {
    const secrets = () => {
      const db = new Database(file, { readonly: true })
      const blocks = "SELECT count(*) FROM search_index_data WHERE instr(block, CAST('secret' AS BLOB)) > 0"
      const count = db.prepare(blocks).pluck().get()
      db.close()
      return count
    }
    await ended([text('secret words')])
    await index()
    expect(secrets()).toBeGreaterThan(0)
    for (let done = false; !done; ) done = (await store.purgeStep(cutoff, purgeRun)).done
    expect(secrets()).toBe(0)
    expectIndexSound()
  })

  it('is not indexed while it is being purged', async () => {
    const id = await ended(Array.from({ length: 1_200 }, () => text('needle ')))
    await store.purgeStep(cutoff, purgeRun)
    expect(await store.getTask(id)).toBeUndefined()
    expect(await index()).toBe(0)
    for (let done = false; !done; ) done = (await store.purgeStep(cutoff, purgeRun)).done
    expect(await found('needle')).toEqual([])
  })
})

describe('a recovered database', () => {
  it('is indexed again, and no row of the index is mistaken for one of another table', async () => {
    const id = await ended([text('salvaged words')], { message: 'needle' })
    await index()
    store.close()
    const db = new Database(file)
    db.exec(
      "DROP TRIGGER chunks_are_immutable; UPDATE chunks SET content = CAST(x'ff' AS TEXT) WHERE idx = 0",
    )
    db.close()
    const fresh = join(tempDirectory('fresh'), 'spoold.db')
    const { tasks, sessions, chunks } = rebuildDatabase(file, fresh, 1e9)
    expect({ tasks, sessions, chunks }).toEqual({
      tasks: { kept: 1, lost: 0 },
      sessions: { kept: 1, lost: 0 },
      chunks: { kept: 2, lost: 1 },
    })
    store = open(fresh)
    expect(await found('needle')).toEqual([])
    await index()
    expect(await found('needle')).toEqual([id])
    expect(await found('salvaged')).toEqual([id])
    expectIndexSound()
    expect(isSound(fresh)).toBe(true)
  })
})
