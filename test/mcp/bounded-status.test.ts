import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK_KINDS, type Chunk } from '../../src/domain/chunk.js'
import { OPTION_KINDS } from '../../src/domain/question.js'
import type { TaskProgress } from '../../src/domain/service.js'
import { isEnded, type Task, type TaskState } from '../../src/domain/task.js'
import { resultBytes } from '../../src/mcp/budget.js'
import { boundedStatus } from '../../src/mcp/results/bounded-status.js'
import { boundedStart } from '../../src/mcp/results/start.js'
import { DETAILS, hasChunks, type OutputMode, type StatusResult } from '../../src/mcp/results/status.js'
import { NOON } from '../helpers/memory-service.js'
import { outputOf } from './output-of.js'

/** Characters that JSON escapes to up to six times their size, of up to four bytes, and line ends. */
const HARD = ['"', '\\', '\u0001', '\u001b', '\n', 'é', '日', '👋🏽', '\u2028', 'a']

const toolNames = (prefix: string) => (name: string) => `${prefix}${name}`

const hardText = (max: number) => fc.string({ unit: fc.constantFrom(...HARD), maxLength: max })
const hardLine = (max: number) => hardText(max).map((text) => text.replaceAll('\n', ' '))

/** A chunk of a database from before chunks were bounded at 1,984 bytes. */
const largeText = fc
  .tuple(fc.constantFrom(...HARD), fc.constantFrom(...HARD))
  .map(([one, other]) => `${one}${other}`.repeat(Math.floor(16_384 / Buffer.byteLength(one + other))))

const contents = fc.oneof(
  { weight: 12, arbitrary: hardText(60) },
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  { weight: 1, arbitrary: largeText },
)
const pieces = fc.array(fc.record({ kind: fc.constantFrom(...CHUNK_KINDS), content: contents }), {
  maxLength: 12,
})

const ended = { startedAt: NOON, completedAt: NOON, expiresAt: NOON, exitCode: 137 }
const questions = fc.record({
  id: fc.constantFrom('q1', 'q123456'),
  text: hardLine(500),
  options: fc.array(
    fc.record({
      id: fc.string({ unit: fc.constantFrom('a', '"', '日'), minLength: 1, maxLength: 64 }),
      label: hardLine(80),
      kind: fc.constantFrom(...OPTION_KINDS),
    }),
    { maxLength: 8 },
  ),
})
const states: fc.Arbitrary<TaskState> = fc.oneof(
  fc.constantFrom<TaskState>(
    { status: 'pending' },
    { status: 'streaming', startedAt: NOON },
    { status: 'completed', endReason: 'exit', ...ended },
    { status: 'cancelled', endReason: 'cancelled', ...ended },
  ),
  hardText(3_000).map(
    (error): TaskState => ({ status: 'failed', endReason: 'agent_missing', error, ...ended }),
  ),
  questions.map((question): TaskState => ({ status: 'input_required', startedAt: NOON, question })),
)

const budgets = fc.oneof(fc.constant(1_000), fc.integer({ min: 1_000, max: 3_000 }), fc.constant(10_000))
const prefixes = fc.constantFrom('kiro_', 'a_much_longer_prefix_of_somebodys_')

const scenes = fc.record({ pieces, state: states, maxBytes: budgets, prefix: prefixes })
type Scene = { pieces: Pick<Chunk, 'kind' | 'content'>[]; state: TaskState; maxBytes: number; prefix: string }

describe.each<OutputMode>([...DETAILS, 'both'])('detail %s', (detail) => {
  test('promise 1: polls hold whole chunks, at least one, and together every chunk once, in order', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { task, chunks } = taskWith(scene)
        const results = readToEnd(task, chunks, detail, scene)
        expect(outputOf(results, detail)).toEqual(expectedOutput(chunks, detail))
      }),
      { numRuns: 80 },
    )
  })

  test('the result of a start keeps to the budget too, beyond its first chunk', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { task, chunks } = taskWith(scene)
        const { maxBytes, prefix } = scene
        const progress = progressFrom(task, chunks, 0, maxBytes)
        const result = boundedStart(progress, { maxBytes, detail, now: NOON, tool: toolNames(prefix) })
        const included = result.structured.next_chunk_index
        if (included > 1 || chunks.length === 0) expect(resultBytes(result)).toBeLessThanOrEqual(maxBytes)
        expect(included).toBeGreaterThanOrEqual(Math.min(1, chunks.length))
        expect(result.structured).toMatchObject({ task_id: task.id, session_id: task.sessionId })
        expect(result.links).toHaveLength(maxBytes >= 2_000 ? 1 : (result.links?.length ?? 0))
      }),
      { numRuns: 100 },
    )
  })
})

describe('a question', () => {
  const options = [
    { id: 'allow-once', label: 'Allow once', kind: 'allow_once' as const },
    { id: 'x'.repeat(64), label: '"'.repeat(80), kind: 'reject_once' as const },
  ]
  const state: TaskState = {
    status: 'input_required',
    startedAt: NOON,
    question: { id: 'q1', text: 'rm '.repeat(100), options },
  }
  const ask = (maxBytes: number) => {
    const { task, chunks } = taskWith({ pieces: [], state, maxBytes, prefix: 'kiro_' })
    const budget = { from: 0, maxBytes, detail: 'full', now: NOON, tool: toolNames('kiro_') } as const
    return boundedStatus(progressFrom(task, chunks, 0, maxBytes), budget).structured
  }

  test('is complete if there is room', () => {
    expect(ask(10_000).question?.options.map(({ option_id }) => option_id)).toEqual(
      options.map(({ id }) => id),
    )
    expect(ask(10_000)).not.toHaveProperty('note')
  })

  test('is cut to the budget, never inside the id of an option, and a note says so', () => {
    const { question, note } = ask(1_000)
    expect(question?.text.length).toBeLessThan(300)
    expect(question?.options.map(({ option_id }) => option_id)).toEqual(['allow-once'])
    expect(note).toContain('raise max_bytes')
  })
})

test('the first chunk does not count: what follows is bounded by max_bytes', () => {
  const state: TaskState = { status: 'completed', endReason: 'exit', ...ended }
  const pieces = ['a', 'b', 'c'].map((letter) => ({ kind: 'text' as const, content: letter.repeat(1_984) }))
  const scene = { pieces, state, maxBytes: 1_000, prefix: 'kiro_' }
  const { task, chunks } = taskWith(scene)
  const results = readToEnd(task, chunks, 'full', scene)
  expect(results.map(({ structured }) => structured.next_chunk_index)).toEqual([1, 2, 3])
  expect(results.map(({ structured }) => structured.is_done)).toEqual([false, false, true])
})

test('the whole answer of a completed task comes with its only poll, if it fits the budget', () => {
  const state: TaskState = { status: 'completed', endReason: 'exit', ...ended }
  const pieces = [
    { kind: 'notice' as const, content: 'Processing your request...\n' },
    { kind: 'text' as const, content: 'x'.repeat(1_500) },
    { kind: 'notice' as const, content: 'Done.' },
  ]
  const { task, chunks } = taskWith({ pieces, state, maxBytes: 10_000, prefix: 'kiro_' })
  const budget = { from: 0, maxBytes: 10_000, detail: 'full', now: NOON, tool: toolNames('kiro_') } as const
  const { structured } = boundedStatus(progressFrom(task, chunks, 0, 10_000), budget)
  expect(structured).toMatchObject({ is_done: true, last_chunk_index: 2, result: 'x'.repeat(1_500) })
})

/** Polls by index until is_done, or until a running task has nothing more, and checks each result on the way. */
function readToEnd(
  task: Task,
  chunks: Chunk[],
  detail: OutputMode,
  { maxBytes, prefix }: Pick<Scene, 'maxBytes' | 'prefix'>,
) {
  const results: { structured: StatusResult; text: string }[] = []
  const tool = toolNames(prefix)
  for (let from = 0; ; ) {
    const progress = progressFrom(task, chunks, from, maxBytes)
    const result = boundedStatus(progress, { from, maxBytes, detail, now: NOON, tool })
    results.push(result)
    const { next_chunk_index: next, last_chunk_index: last, has_more, is_done } = result.structured
    if (next - from !== 1) expect(resultBytes(result)).toBeLessThanOrEqual(maxBytes)
    expect(last).toBe(next - 1)
    expect(next).toBeGreaterThan(from === chunks.length ? from - 1 : from)
    expect(has_more).toBe(next < chunks.length)
    expect(is_done).toBe(isEnded(task) && next === chunks.length)
    if (!has_more) return results
    from = next
  }
}

/** As the service reads: contents up to the bound, and at least one chunk. */
function progressFrom(task: Task, chunks: Chunk[], from: number, maxBytes: number): TaskProgress {
  const given: Chunk[] = []
  let bytes = 0
  for (const chunk of chunks.slice(from)) {
    bytes += Buffer.byteLength(chunk.content)
    if (given.length > 0 && bytes > maxBytes) break
    given.push(chunk)
  }
  const nextChunkIndex = from + given.length
  const text = chunks.map(({ kind, content }) => (kind === 'text' ? content : '')).join('')
  const fits = task.status === 'completed' && Buffer.byteLength(text) <= maxBytes
  return {
    task,
    chunks: given,
    nextChunkIndex,
    hasMore: nextChunkIndex < chunks.length,
    result: fits ? text : null,
  }
}

function expectedOutput(chunks: Chunk[], detail: OutputMode) {
  const answer = chunks.filter(({ kind }) => kind === 'text' || kind === 'error')
  const contents = (some: Chunk[]) => some.map(({ content }) => content)
  return hasChunks(detail) ? contents(chunks) : contents(answer).join('')
}

function taskWith({ pieces, state, maxBytes }: Scene): { task: Task; chunks: Chunk[] } {
  const facts = {
    id: 'task-01kazc7v6e3q9w8r7t6y5u4i3o',
    sessionId: 'session-01kazc7v6e3q9w8r7t6y5u4i3o',
    agent: 'kiro',
    model: null,
    message: 'x',
    argv: null,
    workingDirectory: '/tmp',
    priority: 0,
    idempotencyKey: null,
    pinned: false,
    ttlMs: 1,
    timeoutMs: null,
    stallMs: null,
    permissions: 'ask' as const,
    createdAt: NOON,
    attempt: 1,
    chunkCount: pieces.length,
    bytes: 123_456_789_012,
    textBytes: 123_456_789_012,
    lastOutputAt: maxBytes % 2 === 0 ? NOON - 987_654_321 : null,
  }
  const task: Task = { ...facts, ...state }
  const chunks = pieces.map((piece, index) => ({
    ...piece,
    index,
    at: NOON,
    isFinal: isEnded(task) && index === pieces.length - 1,
  }))
  return { task, chunks }
}
