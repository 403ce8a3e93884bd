import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK_KINDS, type Chunk } from '../../src/domain/chunk.js'
import { OPTION_KINDS } from '../../src/domain/question.js'
import type { TaskProgress } from '../../src/domain/service.js'
import { isEnded, type Task, type TaskState } from '../../src/domain/task.js'
import { serializedBytes } from '../../src/mcp/budget/result-size.js'
import { fitStart } from '../../src/mcp/budget/start.js'
import { fitStatus } from '../../src/mcp/budget/status.js'
import { DETAILS, hasChunks, type OutputMode, type StatusResult } from '../../src/mcp/results/status.js'
import { READ_AHEAD_BYTES } from '../../src/mcp/schema/limits.js'
import { NOON } from '../helpers/memory-service.js'
import { toldBy } from './told-by.js'

/** Characters that JSON makes up to six times longer, that have up to four bytes, or that end a line. */
const HARD = ['"', '\\', '\u0001', '\u001b', '\n', 'é', '日', '👋🏽', '\u2028', 'a']

const toolNames = (prefix: string) => (name: string) => `${prefix}${name}`

const hardText = (max: number) => fc.string({ unit: fc.constantFrom(...HARD), maxLength: max })
const hardLine = (max: number) => hardText(max).map((text) => text.replaceAll('\n', ' '))

/** A chunk as large as the store keeps one. */
const hugeText = fc
  .tuple(fc.constantFrom(...HARD), fc.constantFrom(...HARD))
  .map(([one, other]) => `${one}${other}`.repeat(Math.floor(16_384 / Buffer.byteLength(one + other))))

const contents = fc.oneof(
  { weight: 12, arbitrary: hardText(60) },
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  { weight: 1, arbitrary: hugeText },
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
  test('max_bytes bounds every answer, and polling on gives all of it once, in order', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { task, chunks } = taskWith(scene)
        const answers = readToTheEnd(task, chunks, detail, scene)
        expect(toldBy(answers, detail)).toEqual(whatIsToBeTold(chunks, detail))
      }),
      { numRuns: 80 },
    )
  })

  test('an answer to a start keeps to the budget too', () => {
    fc.assert(
      fc.property(scenes, ({ prefix, ...scene }) => {
        const { task, chunks } = taskWith({ ...scene, prefix })
        const progress = progressFrom(task, chunks, 0, scene.maxBytes)
        const tool = toolNames(prefix)
        const answer = fitStart(progress, { maxBytes: scene.maxBytes, detail, now: NOON, tool })
        expect(serializedBytes(answer)).toBeLessThanOrEqual(scene.maxBytes)
        expect(answer.structured).toMatchObject({ task_id: task.id, session_id: task.sessionId })
        expect(answer.links).toHaveLength(scene.maxBytes >= 2_000 ? 1 : (answer.links?.length ?? 0))
      }),
      { numRuns: 100 },
    )
  })
})

// Text is filled up with the beginning of the next chunk.
test.each(DETAILS.filter(hasChunks))(
  'detail %s: a chunk is cut only where it fits whole into no answer',
  (detail) => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { task, chunks } = taskWith({ ...scene, state: { status: 'streaming', startedAt: NOON } })
        for (const { structured } of readToTheEnd(task, chunks, detail, scene)) {
          const chunk = chunks[structured.next_chunk_index]
          if (structured.next_offset === undefined || chunk === undefined) continue
          const alone = {
            task,
            chunks: [chunk],
            nextChunkIndex: chunk.index + 1,
            hasMore: true,
            result: null,
          }
          const fit = { from: chunk.index, maxBytes: 1e9, detail, now: NOON, tool: toolNames('kiro_') }
          expect(serializedBytes(fitStatus(alone, fit))).toBeGreaterThan(scene.maxBytes)
        }
      }),
      { numRuns: 30 },
    )
  },
)

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
    const fit = { from: 0, maxBytes, detail: 'full', now: NOON, tool: toolNames('kiro_') } as const
    return fitStatus(progressFrom(task, chunks, 0, maxBytes), fit).structured
  }

  test('is told whole where there is room', () => {
    expect(ask(10_000).question?.options.map(({ option_id }) => option_id)).toEqual(
      options.map(({ id }) => id),
    )
    expect(ask(10_000)).not.toHaveProperty('note')
  })

  test('is cut to the budget, never inside the id of an option, and says so', () => {
    const { question, note } = ask(1_000)
    expect(question?.text.length).toBeLessThan(300)
    expect(question?.options.map(({ option_id }) => option_id)).toEqual(['allow-once'])
    expect(note).toContain('raise max_bytes')
  })
})

test('is_final stands in the part that ends the final chunk, and in no other', () => {
  const state: TaskState = { status: 'failed', endReason: 'exit', error: 'x', ...ended }
  const error = { kind: 'error' as const, content: 'x'.repeat(3_000) }
  const { task, chunks } = taskWith({ pieces: [error], state, maxBytes: 1_000, prefix: 'kiro_' })
  const answers = readToTheEnd(task, chunks, 'chunks', { maxBytes: 1_000, prefix: 'kiro_' })
  const finals = answers.flatMap(({ structured }) => structured.new_chunks.map(({ is_final }) => is_final))
  expect(finals.length).toBeGreaterThan(2)
  expect(finals.filter(Boolean)).toHaveLength(1)
  expect(finals.at(-1)).toBe(true)
})

/** Polls until nothing more is there, and checks each answer on the way. */
function readToTheEnd(
  task: Task,
  chunks: Chunk[],
  detail: OutputMode,
  { maxBytes, prefix }: Pick<Scene, 'maxBytes' | 'prefix'>,
) {
  const answers: { structured: StatusResult; text: string }[] = []
  const tool = toolNames(prefix)
  let [from, fromOffset] = [0, 0]
  for (;;) {
    const progress = progressFrom(task, chunks, from, maxBytes)
    const answer = fitStatus(progress, { from, fromOffset, maxBytes, detail, now: NOON, tool })
    answers.push(answer)
    const { next_chunk_index: index, next_offset: offset = 0, has_more: hasMore } = answer.structured
    expect(serializedBytes(answer)).toBeLessThanOrEqual(maxBytes)
    expect(hasMore).toBe(index < chunks.length)
    if (hasMore) expect(index > from || (index === from && offset > fromOffset), 'it goes on').toBe(true)
    else return answers
    ;[from, fromOffset] = [index, offset]
  }
}

/** As the service reads for the tools: contents up to the bound, and one chunk at least. */
function progressFrom(task: Task, chunks: Chunk[], from: number, budget: number): TaskProgress {
  const maxBytes = budget + READ_AHEAD_BYTES
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

function whatIsToBeTold(chunks: Chunk[], detail: OutputMode) {
  const answered = chunks.filter(({ kind }) => kind === 'text' || kind === 'error')
  const contents = (some: Chunk[]) => some.map(({ content }) => content)
  return hasChunks(detail) ? contents(chunks) : contents(answered).join('')
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
