import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK_KINDS, type Chunk } from '../../src/domain/chunk.js'
import { DETAILS } from '../../src/mcp/answers/status.js'
import { fitStatus, serializedBytes } from '../../src/mcp/fit-status.js'
import { call, connectSdkClient, openFrontDoor } from '../helpers/front-door.js'
import { memoryService, NOON } from '../helpers/memory-service.js'

async function started() {
  const service = memoryService()
  const client = await connectSdkClient((await openFrontDoor(service)).url)
  const { task } = await service.start({ message: 'x' })
  const poll = (args: Record<string, unknown> = {}) =>
    call(client, 'kiro_task_status', { task_id: task.id, wait_ms: 0, ...args })
  return { service, client, id: task.id, poll }
}

describe('a poll', () => {
  test('tells everything of the contract while the task runs', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'notice', 'Processing your request...\n')
    service.print(id, 'text', 'Hello')
    const { structured, text } = await poll()
    expect(structured).toEqual({
      task_id: id,
      status: 'streaming',
      is_done: false,
      total_bytes_received: 32,
      last_chunk_index: 1,
      new_chunks: [
        {
          index: 0,
          kind: 'notice',
          content: 'Processing your request...\n',
          timestamp: '2026-01-02T12:00:00.000Z',
          is_final: false,
        },
        { index: 1, kind: 'text', content: 'Hello', timestamp: '2026-01-02T12:00:00.000Z', is_final: false },
      ],
      new_content: 'Processing your request...\nHello',
      next_chunk_index: 2,
      has_more: false,
      chunks_count: 2,
      end_reason: null,
      exit_code: null,
      last_output_at: '2026-01-02T12:00:00.000Z',
    })
    expect(text).toBe(
      `${id}: streaming, chunks 0 to 1 of 2, next_chunk_index 2. Still running, last output 3s ago; poll again.\n\nProcessing your request...\nHello`,
    )
  })

  test('tells a model that the agent asks, what, and how it is answered; the listing tells it too', async () => {
    const { service, client, id, poll } = await started()
    const options = [{ id: 'yes-1', label: 'Yes', kind: 'allow_once' as const }]
    service.ask(id, { id: 'q1', text: 'run "rm"', options })
    const { structured, text } = await poll()
    expect(structured).toMatchObject({
      status: 'input_required',
      is_done: false,
      question: {
        question_id: 'q1',
        text: 'run "rm"',
        options: [{ option_id: 'yes-1', label: 'Yes', kind: 'allow_once' }],
      },
    })
    expect(text).toMatch(/It waits for a permission: run "rm" \(yes-1\)\. Answer with kiro_task_respond/)
    const listed = await call(client, 'kiro_task_list')
    expect(listed.structured.tasks).toMatchObject([{ status: 'input_required', question: 'run "rm"' }])
    const answered = await call(client, 'kiro_task_respond', { task_id: id, option: 'yes-1' })
    expect(answered.structured).toMatchObject({ success: true, question_id: 'q1', option_id: 'yes-1' })
    const refused = await call(client, 'kiro_task_respond', {
      task_id: id,
      option: 'yes-1',
      question_id: 'q2',
    })
    expect(refused.structured).toMatchObject({ code: 'no_question' })
  })

  test('before any output: last_chunk_index is -1 and nothing is new', async () => {
    const { poll } = await started()
    const { structured } = await poll()
    expect(structured).toMatchObject({
      last_chunk_index: -1,
      next_chunk_index: 0,
      chunks_count: 0,
      new_chunks: [],
      new_content: '',
    })
  })

  test('waits for output', async () => {
    const { service, id, poll } = await started()
    const polling = poll({ wait_ms: 20_000 })
    await expect.poll(() => service.waits.length).toBe(1)
    service.print(id, 'text', 'at last')
    expect((await polling).structured.new_content).toBe('at last')
  })

  test('waits for the end with wait_for done', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'first')
    const polling = poll({ wait_ms: 20_000, wait_for: 'done' })
    await expect.poll(() => service.waits.length).toBe(1)
    service.complete(id)
    expect((await polling).structured).toMatchObject({ is_done: true, result: 'first' })
  })

  test('the usual wait is 20 s', async () => {
    const { service, client, id } = await started()
    service.print(id, 'text', 'x')
    await call(client, 'kiro_task_status', { task_id: id })
    expect(service.waits[0]?.query).toMatchObject({ from: 0, waitMs: 20_000, waitFor: 'output' })
  })

  test("an index beyond the next one is refused, in the service's words", async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x')
    const { isError, structured, text } = await poll({ from_chunk_index: 5 })
    expect(isError).toBe(true)
    expect(structured).toMatchObject({ code: 'invalid_input', field: 'from_chunk_index' })
    expect(text).toBe("from_chunk_index 5 is beyond the task's next chunk, 1")
  })

  test('a failed task tells why; a cancelled one has neither result nor error', async () => {
    const { service, client, id, poll } = await started()
    service.fail(id, 'it broke')
    expect((await poll()).structured).toMatchObject({
      error: 'it broke',
      end_reason: 'exit',
      exit_code: 3,
      new_content: '\nError: it broke',
    })
    const { task } = await service.start({ message: 'y' })
    await call(client, 'kiro_task_cancel', { task_id: task.id })
    const { structured } = await call(client, 'kiro_task_status', { task_id: task.id })
    expect(structured).toMatchObject({ status: 'cancelled', new_content: '\nCancelled.' })
    expect(structured).not.toHaveProperty('result')
    expect(structured).not.toHaveProperty('error')
  })
})

describe('detail', () => {
  async function mixed() {
    const task = await started()
    for (const kind of CHUNK_KINDS) task.service.print(task.id, kind, `<${kind}>`)
    return task
  }

  test('full gives the chunks and all their contents', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'full' })
    expect(structured.new_chunks).toHaveLength(6)
    expect(structured.new_content).toBe('<text><thought><tool><notice><stderr><error>')
    expect(text).toContain('<text><thought>')
  })

  test('text gives only what the agent answers and errors', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'text' })
    expect(structured).toMatchObject({ new_chunks: [], new_content: '<text><error>', next_chunk_index: 6 })
    expect(text).toMatch(/\n\n<text><error>$/)
  })

  test('chunks gives only the chunks', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'chunks' })
    expect(structured.new_chunks).toHaveLength(6)
    expect(structured.new_content).toBe('')
    expect(text).not.toContain('<text>')
  })
})

describe('max_bytes', () => {
  test('bounds the whole answer, and reading on gives every chunk once, in order', async () => {
    const { service, id, poll } = await started()
    const contents = Array.from(
      { length: 200 },
      (_, index) => `${index}: "quoted" \n ünïcödé ${'x'.repeat(index)}`,
    )
    for (const content of contents) service.print(id, 'text', content)
    service.complete(id)
    const seen: string[] = []
    for (let next = 0, more = true; more; ) {
      const { structured, result } = await poll({ from_chunk_index: next, max_bytes: 4_000 })
      const { content, structuredContent } = result
      expect(Buffer.byteLength(JSON.stringify({ content, structuredContent }))).toBeLessThanOrEqual(4_000)
      const chunks = structured.new_chunks as { index: number; content: string }[]
      expect(chunks[0]?.index).toBe(next)
      seen.push(...chunks.map((chunk) => chunk.content))
      next = structured.next_chunk_index as number
      more = structured.has_more as boolean
    }
    expect(seen).toEqual([...contents, ''])
  })

  test('a chunk larger than the budget comes alone', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x'.repeat(5_000))
    service.print(id, 'text', 'y')
    const { structured } = await poll({ max_bytes: 1_000 })
    expect(structured.new_chunks).toHaveLength(1)
    expect(structured).toMatchObject({ has_more: true, next_chunk_index: 1 })
  })

  test('any mix of chunks: the bound holds, or exactly one chunk is given', () => {
    const piece = fc.record({
      kind: fc.constantFrom(...CHUNK_KINDS),
      content: fc.string({ unit: 'binary', maxLength: 400 }),
    })
    const pieces = fc.array(piece, { maxLength: 60 })
    fc.assert(
      fc.property(
        pieces,
        fc.integer({ min: 1_000, max: 20_000 }),
        fc.constantFrom(...DETAILS),
        (given, maxBytes, detail) => {
          const progress = completedWith(given)
          const answer = fitStatus(progress, { from: 0, maxBytes, detail, now: NOON })
          const count = answer.structured.next_chunk_index
          if (serializedBytes(answer) > maxBytes) expect(count).toBe(1)
          expect(answer.structured.has_more).toBe(count < progress.chunks.length)
          if (count < progress.chunks.length) expect(answer.structured).not.toHaveProperty('result')
        },
      ),
    )
  })
})

describe('the result', () => {
  test('comes with the last chunks where it fits', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'Hel')
    service.print(id, 'thought', 'hm')
    service.print(id, 'text', 'lo')
    service.complete(id)
    expect((await poll()).structured).toMatchObject({
      result: 'Hello',
      exit_code: 0,
      end_reason: 'exit',
      is_done: true,
    })
  })

  test('where it does not fit, its size and the way to read it are told', async () => {
    const { service, id, poll } = await started()
    for (let index = 0; index < 20; index += 1) service.print(id, 'text', 'z'.repeat(200))
    service.complete(id)
    const { structured } = await poll({ max_bytes: 2_000, from_chunk_index: 19 })
    expect(structured).toMatchObject({ has_more: false, result_bytes: 4_000 })
    expect(structured).not.toHaveProperty('result')
    expect(structured.note).toContain('from_chunk_index 0')
  })

  test('who has read everything gets a small answer', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'z'.repeat(5_000))
    service.complete(id)
    const { result, structured } = await poll({ from_chunk_index: 2 })
    expect(structured).toMatchObject({ is_done: true, next_chunk_index: 2, result_bytes: 5_000 })
    expect(JSON.stringify(result).length).toBeLessThan(1_200)
  })
})

function completedWith(pieces: Pick<Chunk, 'kind' | 'content'>[]) {
  const chunks = pieces.map((piece, index) => ({
    ...piece,
    index,
    at: NOON,
    isFinal: index === pieces.length - 1,
  }))
  const text = pieces.map((piece) => (piece.kind === 'text' ? piece.content : '')).join('')
  const task = {
    id: 'task-1',
    sessionId: 'session-1',
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
    permissions: 'deny' as const,
    createdAt: NOON,
    attempt: 1,
    chunkCount: chunks.length,
    bytes: 1,
    textBytes: Buffer.byteLength(text),
    lastOutputAt: NOON,
    status: 'completed' as const,
    endReason: 'exit' as const,
    startedAt: NOON,
    completedAt: NOON,
    expiresAt: NOON,
    exitCode: 0,
  }
  return { task, chunks, nextChunkIndex: chunks.length, hasMore: false, result: text }
}
