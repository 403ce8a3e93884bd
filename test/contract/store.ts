import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Piece } from '../../src/domain/chunk.js'
import type { NewTask, PurgeStep, Run, TaskStore } from '../../src/domain/store.js'
import { isEnded } from '../../src/domain/task.js'

/** A new store; `dispose` closes it and removes its files. */
export interface StoreUnderTest {
  store: TaskStore
  dispose(): void
}

const MAX_ACTIVE = 3
let serial = 0

/** A plain request. */
export function newTask(over: Partial<NewTask> = {}): NewTask {
  serial += 1
  const id = over.id ?? `task-${String(serial).padStart(6, '0')}`
  return {
    id,
    session: { open: { id: `session-of-${id}`, agent: 'echo', workingDirectory: '/', at: 1_000 } },
    agent: 'echo',
    model: null,
    message: 'hello',
    argv: null,
    workingDirectory: '/',
    priority: 0,
    idempotencyKey: null,
    ttlMs: 60_000,
    timeoutMs: null,
    stallMs: null,
    permissions: 'deny',
    at: 1_000,
    ...over,
  }
}

export const text = (content: string): Piece => ({ kind: 'text', content })

/** Creates, claims and launches a task: running, with one notice. */
export async function startedTask(store: TaskStore, over: Partial<NewTask> = {}): Promise<Run> {
  await store.createTask(newTask(over), 100)
  const run = await store.claimNext({ at: 2_000, token: 'token', exceptAgents: [] })
  if (!run) throw new Error('nothing to claim')
  await store.announceLaunch(run, { kind: 'echo', state: null })
  const identity = { pid: 4_242, startTime: '77', bootId: 'boot' }
  await store.recordProcess(run, identity, [{ kind: 'notice', content: 'go\n' }], 2_001)
  return run
}

export function append(run: Run, expectedIndex: number, pieces: Piece[], at = 3_000) {
  const offsets = { out: expectedIndex * 10, err: 0 }
  return { ...run, expectedIndex, pieces, offsets, decoderState: { kind: 'echo', state: expectedIndex }, at }
}

export function completion(run: Run, at = 4_000) {
  return {
    ...run,
    pieces: [],
    finalPiece: { kind: 'notice' as const, content: '' },
    outcome: { status: 'completed' as const, exitCode: 0 },
    agentSessionId: null,
    at,
  }
}

/** The contract of TaskStore, for any implementation. `open` creates an empty store. */
export function storeContract(open: () => StoreUnderTest): void {
  let store: TaskStore
  let dispose: () => void

  beforeEach(() => {
    const made = open()
    store = made.store
    dispose = made.dispose
  })
  afterEach(() => dispose())

  const everyChunk = async (taskId: string) =>
    (await store.readChunks(taskId, { from: 0, maxBytes: 1e9 }))?.chunks ?? []

  describe('chunks', () => {
    it('promise 1: indices have no gaps, and a chunk never changes once it was read', async () => {
      const run = await startedTask(store)
      await store.append(append(run, 1, [text('a'), text('b')]))
      const early = await everyChunk(run.taskId)
      await store.append(append(run, 3, [text('c')]))
      await store.finish(completion(run))
      const late = await everyChunk(run.taskId)
      expect(late.map((chunk) => chunk.index)).toEqual([0, 1, 2, 3, 4])
      expect(late.slice(0, early.length)).toEqual(early)
    })

    it('promise 3: chunks, offsets and decoder state are committed together or not at all', async () => {
      const run = await startedTask(store)
      await store.append(append(run, 1, [text('a')]))
      await expect(store.append(append(run, 1, [text('again')]))).rejects.toMatchObject({ code: 'internal' })
      await expect(store.append(append(run, 3, [text('hole')]))).rejects.toMatchObject({ code: 'internal' })
      const [saved] = await store.activeRuns()
      expect(saved?.offsets).toEqual({ out: 10, err: 0 })
      expect(saved?.decoderState).toEqual({ kind: 'echo', state: 1 })
      expect((await everyChunk(run.taskId)).map((chunk) => chunk.content)).toEqual(['go\n', 'a'])
    })

    it('rejects one failing step of a group and commits the others', async () => {
      const first = await startedTask(store)
      const second = await startedTask(store)
      const results = await Promise.allSettled([
        store.append(append(first, 1, [text('one')])),
        store.append(append(first, 9, [text('bad')])),
        store.append(append(second, 1, [text('two')])),
      ])
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await store.readText(first.taskId, 100)).toBe('one')
      expect(await store.readText(second.taskId, 100)).toBe('two')
    })

    it('rejects an append from an earlier attempt', async () => {
      const run = await startedTask(store)
      await expect(store.append({ ...append(run, 1, [text('x')]), attempt: 7 })).rejects.toThrow(
        /no longer owns/,
      )
    })

    it('never dates a chunk before the previous one, even if the clock is set back', async () => {
      const run = await startedTask(store)
      await store.append(append(run, 1, [text('a')], 9_000))
      await store.append(append(run, 2, [text('b')], 5_000))
      await store.finish(completion(run, 6_000))
      const times = (await everyChunk(run.taskId)).map((chunk) => chunk.at)
      expect(times).toEqual([...times].sort((a, b) => a - b))
    })

    it('reads from an index up to a size, but at least one chunk', async () => {
      const run = await startedTask(store)
      await store.append(append(run, 1, [text('x'.repeat(50)), text('y'.repeat(50)), text('z')]))
      const read = async (from: number, maxBytes: number) =>
        (await store.readChunks(run.taskId, { from, maxBytes }))?.chunks.map((chunk) => chunk.index)
      expect(await read(1, 10)).toEqual([1])
      expect(await read(1, 100)).toEqual([1, 2])
      expect(await read(2, 1_000)).toEqual([2, 3])
      expect(await read(4, 1_000)).toEqual([])
    })

    it('reads a task without its message', async () => {
      const run = await startedTask(store, { message: 'm'.repeat(100_000), argv: ['echo', 'm'] })
      const { message, argv, ...outline } = (await store.getTask(run.taskId)) ?? {}
      expect({ message, argv }).toEqual({ message: 'm'.repeat(100_000), argv: ['echo', 'm'] })
      expect(await store.getOutline(run.taskId)).toEqual(outline)
      expect((await store.readChunks(run.taskId, { from: 0, maxBytes: 1 }))?.task).toEqual(outline)
      expect(await store.getOutline('task-none')).toBeUndefined()
    })

    it('reads the text chunks only, cut at a character', async () => {
      const run = await startedTask(store)
      await store.append(append(run, 1, [text('aé'), { kind: 'stderr', content: 'no' }, text('日本')]))
      expect(await store.readText(run.taskId, 1_000)).toBe('aé日本')
      expect(await store.readText(run.taskId, 7)).toBe('aé日')
      expect(await store.readText(run.taskId, 2)).toBe('a')
    })

    it('stores NUL, quotes and every other character', async () => {
      const run = await startedTask(store)
      const odd = `a\0b'"\`;--\u{1f600}\u2028`
      await store.append(append(run, 1, [text(odd)]))
      expect(await store.readText(run.taskId, 1_000)).toBe(odd)
      expect((await store.getTask(run.taskId))?.textBytes).toBe(Buffer.byteLength(odd))
    })
  })

  describe('the end of a task', () => {
    it('keeps a question and its first response until the response was passed on', async () => {
      const run = await startedTask(store)
      const question = {
        id: 'q1',
        text: 'rm',
        options: [{ id: 'y', label: 'Yes', kind: 'allow_once' as const }],
      }
      await store.append({ ...append(run, 1, [text('a')]), question })
      expect(await store.getTask(run.taskId)).toMatchObject({ status: 'input_required', question })
      await store.append(append(run, 2, [text('b')]))
      expect(await store.getTask(run.taskId)).toMatchObject({ status: 'input_required', question })
      const other = { questionId: 'q2', optionId: 'y' }
      await expect(store.recordResponse(run.taskId, other)).rejects.toMatchObject({ code: 'no_question' })
      const answer = { questionId: 'q1', optionId: 'y' }
      await store.recordResponse(run.taskId, answer)
      await expect(store.recordResponse(run.taskId, answer)).rejects.toMatchObject({ code: 'no_question' })
      expect((await store.activeRuns())[0]).toMatchObject({ taskId: run.taskId, answer })
      expect((await store.listTasks({ includeEnded: false, limit: 5 })).tasks).toHaveLength(1)
      await store.append({ ...append(run, 3, []), question: null })
      expect(await store.getTask(run.taskId)).toMatchObject({ status: 'streaming' })
      expect((await store.activeRuns())[0]?.response).toBeNull()
    })

    it('ends a task that waits for a response', async () => {
      const run = await startedTask(store)
      const question = { id: 'q1', text: 'rm', options: [] }
      await store.append({ ...append(run, 1, []), question })
      expect(await store.finish(completion(run))).toMatchObject({ status: 'completed' })
    })

    it('promise 5: a terminal status never changes, and only the last chunk is final', async () => {
      const run = await startedTask(store)
      await store.append(append(run, 1, [text('a')]))
      const ended = await store.finish({ ...completion(run), pieces: [text('rest')] })
      expect(ended).toMatchObject({ status: 'completed', exitCode: 0, expiresAt: ended.completedAt + 60_000 })

      const again = await store.finish({
        ...completion(run, 9_000),
        outcome: { status: 'cancelled', exitCode: 1 },
      })
      expect(again).toEqual(ended)
      await expect(store.append(append(run, 4, [text('late')]))).rejects.toMatchObject({ code: 'internal' })
      expect(await store.requestStop(run.taskId, 'cancelled')).toBeUndefined()
      const chunks = await everyChunk(run.taskId)
      expect(chunks.filter((chunk) => chunk.isFinal)).toEqual([chunks.at(-1)])
      expect(chunks.map((chunk) => chunk.content)).toEqual(['go\n', 'a', 'rest', ''])
    })

    it('stores the error of a failed task', async () => {
      const run = await startedTask(store)
      const outcome = { status: 'failed', endReason: 'timeout', error: 'too long', exitCode: 143 } as const
      await store.finish({ ...completion(run), outcome })
      expect(await store.getTask(run.taskId)).toMatchObject(outcome)
    })

    it('keeps the first reason to stop', async () => {
      const run = await startedTask(store)
      expect(await store.requestStop(run.taskId, 'timeout')).toBe('timeout')
      expect(await store.requestStop(run.taskId, 'cancelled')).toBe('timeout')
      expect((await store.activeRuns())[0]?.stopReason).toBe('timeout')
    })

    it("stores the agent's own session id for the next task of the session", async () => {
      const run = await startedTask(store)
      await store.finish({ ...completion(run), agentSessionId: 'conversation-7' })
      await store.createTask(newTask({ session: { existing: run.task.sessionId } }), 100)
      const next = await store.claimNext({ at: 5_000, token: 't', exceptAgents: [] })
      expect(next?.agentSessionId).toBe('conversation-7')
    })
  })

  describe('the queue', () => {
    it('claims the highest priority first, then the oldest', async () => {
      for (const [id, priority] of [
        ['task-a', 0],
        ['task-b', 5],
        ['task-c', 0],
      ] as const) {
        await store.createTask(newTask({ id, priority }), 100)
      }
      const claimed: (string | undefined)[] = []
      for (let turn = 0; turn < 4; turn += 1) {
        claimed.push((await store.claimNext({ at: 1, token: 't', exceptAgents: [] }))?.taskId)
      }
      expect(claimed).toEqual(['task-b', 'task-a', 'task-c', undefined])
    })

    it('runs one task of a session at a time, in order', async () => {
      const run = await startedTask(store)
      const session = { existing: run.task.sessionId }
      await store.createTask(newTask({ id: 'task-second', session }), 100)
      await store.createTask(newTask({ id: 'task-third', session, priority: -1 }), 100)
      expect(await store.claimNext({ at: 1, token: 't', exceptAgents: [] })).toBeUndefined()
      await store.finish(completion(run))
      const next = await store.claimNext({ at: 1, token: 't', exceptAgents: [] })
      expect(next?.taskId).toBe('task-second')
    })

    it('skips agents without capacity and tasks whose stop was requested', async () => {
      await store.createTask(newTask({ id: 'task-busy-agent' }), 100)
      expect(await store.claimNext({ at: 1, token: 't', exceptAgents: ['echo'] })).toBeUndefined()
      await store.requestStop('task-busy-agent', 'cancelled')
      expect(await store.claimNext({ at: 1, token: 't', exceptAgents: [] })).toBeUndefined()
      expect((await store.activeRuns()).map((run) => run.taskId)).toEqual(['task-busy-agent'])
    })

    it('claims a released task again under a new attempt', async () => {
      await store.createTask(newTask({ id: 'task-released' }), 100)
      const first = await store.claimNext({ at: 1, token: 't', exceptAgents: [] })
      if (!first) throw new Error('nothing claimed')
      await store.releaseClaim(first)
      expect(await store.getTask('task-released')).toMatchObject({ status: 'pending', chunkCount: 0 })
      const second = await store.claimNext({ at: 2, token: 'u', exceptAgents: [] })
      expect(second).toMatchObject({ attempt: 2, token: 'u' })
    })
  })

  describe('rejected requests', () => {
    const untouched = async (step: () => Promise<unknown>, code: string) => {
      const before = await store.listTasks({ includeEnded: true, limit: 100 })
      const sessions = await store.listSessions(100)
      await expect(step()).rejects.toMatchObject({ code })
      expect(await store.listTasks({ includeEnded: true, limit: 100 })).toEqual(before)
      expect(await store.listSessions(100)).toEqual(sessions)
    }

    it("promise 10: more active tasks than allowed are rejected with the original module's message", async () => {
      for (let n = 0; n < MAX_ACTIVE; n += 1) await store.createTask(newTask(), MAX_ACTIVE)
      await untouched(() => store.createTask(newTask(), MAX_ACTIVE), 'too_many_tasks')
      await expect(store.createTask(newTask(), MAX_ACTIVE)).rejects.toThrow(
        'Maximum concurrent tasks (3) reached',
      )
    })

    it('promise 10: unknown sessions, ended sessions and sessions of another agent change nothing', async () => {
      const run = await startedTask(store)
      const { sessionId } = run.task
      await untouched(
        () => store.createTask(newTask({ session: { existing: 'nope' } }), 9),
        'session_not_found',
      )
      await untouched(
        () => store.createTask(newTask({ session: { existing: sessionId }, agent: 'other' }), 9),
        'invalid_input',
      )
      await untouched(() => store.endSession(sessionId, 1), 'session_busy')
      await store.finish(completion(run))
      await store.endSession(sessionId, 5_000)
      await untouched(
        () => store.createTask(newTask({ session: { existing: sessionId } }), 9),
        'session_ended',
      )
    })

    it('promise 10: the error names an unknown task; a cursor must come from an earlier page', async () => {
      await untouched(() => store.setPinned('task-none', true), 'task_not_found')
      await untouched(() => store.listTasks({ includeEnded: true, limit: 1, cursor: 'x' }), 'invalid_input')
      expect(await store.getTask('task-none')).toBeUndefined()
      expect(await store.readChunks('task-none', { from: 0, maxBytes: 1 })).toBeUndefined()
    })

    it('returns the existing task with the same idempotency key, and finds it by the key', async () => {
      const first = await store.createTask(newTask({ idempotencyKey: 'k' }), 9)
      const again = await store.createTask(newTask({ idempotencyKey: 'k' }), 1)
      expect(again).toEqual({ task: first.task, created: false })
      const other = await store.createTask(newTask({ idempotencyKey: 'k', message: 'else' }), 9)
      expect(other).toEqual({ task: first.task, created: false })
      expect(await store.findTaskByKey('k')).toEqual(first.task)
      expect(await store.findTaskByKey('other')).toBeUndefined()
      expect((await store.listTasks({ includeEnded: true, limit: 9 })).tasks).toHaveLength(1)
    })
  })

  describe('lists', () => {
    it('pages through tasks, newest first, each once, while new ones are created', async () => {
      for (let n = 0; n < 5; n += 1) await store.createTask(newTask({ id: `task-p${n}` }), 100)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.listTasks({ includeEnded: false, limit: 2, cursor })
        seen.push(...page.tasks.map((task) => task.id))
        cursor = page.nextCursor ?? undefined
        await store.createTask(newTask(), 100)
      } while (cursor)
      expect(seen).toEqual(['task-p4', 'task-p3', 'task-p2', 'task-p1', 'task-p0'])
    })

    it('filters by session and status', async () => {
      const run = await startedTask(store)
      await store.createTask(newTask({ id: 'task-waiting' }), 100)
      await store.finish(completion(run))
      const ids = async (filter: object) =>
        (await store.listTasks({ includeEnded: false, limit: 10, ...filter })).tasks.map((task) => task.id)
      expect(await ids({})).toEqual(['task-waiting'])
      expect(await ids({ status: 'completed' })).toEqual([run.taskId])
      expect(await ids({ includeEnded: true, sessionId: run.task.sessionId })).toEqual([run.taskId])
    })

    it('finds ids by a prefix of any characters', async () => {
      for (const id of ['task-01ab', 'task-01ac', 'task-02']) await store.createTask(newTask({ id }), 100)
      expect(await store.findTaskIds('task-01', 5)).toEqual(['task-01ac', 'task-01ab'])
      expect(await store.findTaskIds('task-%', 5)).toEqual([])
      expect(await store.findTaskIds('task-_', 5)).toEqual([])
    })

    it('reads the last tasks of a session, oldest first', async () => {
      const run = await startedTask(store, { message: 'first' })
      await store.append(append(run, 1, [text('answer')]))
      await store.finish(completion(run))
      await store.createTask(newTask({ message: 'second', session: { existing: run.task.sessionId } }), 9)
      const history = await store.history(run.task.sessionId, 10, 3)
      expect(history).toMatchObject([
        { message: 'first', answer: 'ans', truncated: true, status: 'completed' },
        { message: 'second', answer: '', truncated: false, status: 'pending' },
      ])
      expect(await store.history(run.task.sessionId, 1, 3)).toMatchObject([{ message: 'second' }])
    })
  })

  describe('the purge', () => {
    const cutoff = { expiredAt: 100_000, sessionsUnusedSince: 0 }
    const first = { startedAt: 100_000, at: 100_000, trigger: 'schedule', record: null } as const
    const purgeAll = async (over: object = {}) => {
      const total = { tasks: 0, chunks: 0, steps: 0 }
      let record: number | null = null
      for (let done = false; !done; total.steps += 1) {
        const step: PurgeStep = await store.purgeStep({ ...cutoff, ...over }, { ...first, record })
        total.tasks += step.tasks
        total.chunks += step.chunks
        ;({ done, record } = step)
      }
      return { ...total, record }
    }

    it('promise 11: deletes only finished tasks past their retention, in small steps', async () => {
      const expired = await startedTask(store)
      const many = Array.from({ length: 1_200 }, (_, n) => text(`${n}`))
      await store.append(append(expired, 1, many))
      await store.finish(completion(expired))
      const pinned = await startedTask(store)
      await store.finish(completion(pinned))
      await store.setPinned(pinned.taskId, true)
      const young = await startedTask(store, { ttlMs: 10_000_000 })
      await store.finish(completion(young))
      const running = await startedTask(store)

      expect(await store.countPurgeable(cutoff)).toMatchObject({ tasks: 1, chunks: 1_202 })
      const total = await purgeAll()
      expect(total).toMatchObject({ tasks: 1, chunks: 1_202 })
      expect(total.steps).toBeGreaterThan(3)
      const left = await store.listTasks({ includeEnded: true, limit: 10 })
      expect(left.tasks.map((task) => task.id).sort()).toEqual(
        [pinned, young, running].map((r) => r.taskId).sort(),
      )
    })

    it('promise 11: a task disappears as a whole with the first step', async () => {
      const run = await startedTask(store)
      await store.append(
        append(
          run,
          1,
          Array.from({ length: 1_000 }, () => text('x')),
        ),
      )
      const ended = await store.finish(completion(run))
      expect(isEnded(ended)).toBe(true)
      expect((await store.purgeStep(cutoff, first)).done).toBe(false)
      expect(await store.getTask(run.taskId)).toBeUndefined()
      expect(await store.readChunks(run.taskId, { from: 0, maxBytes: 10 })).toBeUndefined()
      expect((await store.listTasks({ includeEnded: true, limit: 10 })).tasks).toEqual([])
    })

    it('records each purge that deleted something', async () => {
      expect((await purgeAll()).record).toBeNull()
      const run = await startedTask(store)
      await store.finish(completion(run))
      const { record } = await purgeAll()
      expect(record).not.toBeNull()
      const other = await startedTask(store)
      await store.finish(completion(other))
      expect((await purgeAll()).record).not.toBe(record)
    })

    it('deletes by age if requested, and unused sessions', async () => {
      const run = await startedTask(store, { ttlMs: 10_000_000 })
      await store.finish(completion(run, 4_000))
      expect(await purgeAll({ endedAt: 3_999 })).toMatchObject({ tasks: 0 })
      expect(await purgeAll({ endedAt: 4_000, sessionsUnusedSince: 4_000 })).toMatchObject({ tasks: 1 })
      expect(await store.listSessions(10)).toEqual([])
    })

    it('frees the idempotency key with its task', async () => {
      const run = await startedTask(store, { idempotencyKey: 'k' })
      await store.finish(completion(run))
      await store.purgeStep(cutoff, first)
      expect(await store.findTaskByKey('k')).toBeUndefined()
      expect(await store.createTask(newTask({ idempotencyKey: 'k' }), 9)).toMatchObject({ created: true })
    })
  })
}
