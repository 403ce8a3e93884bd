import { describe, expect, test } from 'vitest'
import { CHUNK_KINDS } from '../../src/domain/chunk.js'
import { chatAsync } from '../../src/mcp/tools/chat-async.js'
import { taskStatus } from '../../src/mcp/tools/task-status.js'
import { callContext } from '../helpers/call-context.js'
import { call, connectSdkClient, openFrontDoor } from '../helpers/front-door.js'
import { memoryService } from '../helpers/memory-service.js'

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
      'streaming; chunks 0 to 1 of 2. Last output 3s ago; poll again with from_chunk_index 2.\n\nProcessing your request...\nHello',
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
    expect(text).toMatch(/It waits for a permission: run "rm" \(yes-1\)\. kiro_task_respond answers it/)
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

  test('text gives only what the agent answers and errors, once, in the text block', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'text' })
    expect(structured).toMatchObject({ new_chunks: [], next_chunk_index: 6 })
    expect(structured).not.toHaveProperty('new_content')
    expect(structured.note).toContain('in the text block')
    expect(JSON.stringify(structured)).not.toContain('<text>')
    expect(text).toMatch(/\n\n<text><error>$/)
  })

  test('content gives the same once, in structuredContent, for hosts that show a model nothing else', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'content' })
    expect(structured).toMatchObject({ new_chunks: [], new_content: '<text><error>', next_chunk_index: 6 })
    expect(structured).not.toHaveProperty('note')
    expect(text).not.toContain('<text>')
  })

  test('chunks gives only the chunks', async () => {
    const { structured, text } = await (await mixed()).poll({ detail: 'chunks' })
    expect(structured.new_chunks).toHaveLength(6)
    expect(structured).not.toHaveProperty('new_content')
    expect(text).not.toContain('<text>')
  })

  test('text and content tell why a task failed once, and again to who asks after the end', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'almost')
    service.fail(id, 'it broke')
    for (const detail of ['text', 'content']) {
      const { result, structured } = await poll({ detail })
      expect(JSON.stringify(result).split('it broke')).toHaveLength(2)
      const { structured: again, result: last } = await poll({
        detail,
        from_chunk_index: structured.next_chunk_index,
      })
      expect(again.error).toBe('it broke')
      expect(JSON.stringify(last).split('it broke')).toHaveLength(2)
    }
  })
})

describe('max_bytes', () => {
  test('is 10,000 where the caller does not say', async () => {
    const { service, id, poll } = await started()
    for (let index = 0; index < 100; index += 1) service.print(id, 'text', 'x'.repeat(1_000))
    const { result } = await poll({ detail: 'text' })
    const { content, structuredContent } = result
    const bytes = Buffer.byteLength(JSON.stringify({ content, structuredContent }))
    expect(bytes).toBeLessThanOrEqual(10_000)
    expect(bytes).toBeGreaterThan(8_500)
  })

  test('a chunk that fits into no answer comes in parts that say so', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x'.repeat(3_000))
    service.print(id, 'text', 'y')
    const first = await poll({ max_bytes: 2_000 })
    const { next_offset: offset } = first.structured
    expect(first.structured).toMatchObject({ has_more: true, next_chunk_index: 0 })
    expect(first.structured.new_chunks).toMatchObject([{ index: 0, is_partial: true, offset: 0 }])
    expect(first.text).toContain(
      `a part of chunk 0 of 2. Read on with from_chunk_index 0, from_offset ${offset}.`,
    )
    const rest = await poll({ from_offset: offset, max_bytes: 20_000 })
    expect(rest.structured.new_chunks).toMatchObject([
      { index: 0, is_partial: true, offset, content: 'x'.repeat(3_000 - Number(offset)) },
      { index: 1, content: 'y' },
    ])
    expect(rest.structured).not.toHaveProperty('next_offset')
    expect((rest.structured.new_chunks as object[])[1]).not.toHaveProperty('is_partial')
  })

  test('a chunk is not cut where it fits whole into the next answer', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x'.repeat(1_000))
    service.print(id, 'text', 'y'.repeat(1_000))
    const { structured } = await poll({ max_bytes: 5_000 })
    expect(structured).toMatchObject({ next_chunk_index: 1, has_more: true })
    expect(structured).not.toHaveProperty('next_offset')
  })

  test.each([
    ['beyond the end of the chunk', { from_chunk_index: 0, from_offset: 4 }],
    ['inside a character', { from_chunk_index: 0, from_offset: 2 }],
    ['in a chunk that is not there yet', { from_chunk_index: 1, from_offset: 1 }],
  ])('an offset %s is refused at once', async (_, cursor) => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'a👋b')
    const { isError, structured } = await poll({ ...cursor, wait_ms: 50_000, wait_for: 'done' })
    expect(isError).toBe(true)
    expect(structured).toMatchObject({ code: 'invalid_input', field: 'from_offset' })
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
    expect(JSON.stringify(result).length).toBeLessThan(900)
    const asText = await poll({ from_chunk_index: 2, detail: 'text' })
    expect(asText.text).toBe('completed; nothing new, 2 chunks in all. That is all.')
    expect(asText.structured).not.toHaveProperty('note')
  })

  test('stands only in answers of detail full: the others tell the text once', async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'the whole')
    service.complete(id)
    for (const detail of ['text', 'content', 'chunks']) {
      const { structured, result } = await poll({ detail })
      expect(structured).toMatchObject({ is_done: true, result_bytes: 9 })
      expect(JSON.stringify(result).split('the whole')).toHaveLength(2)
    }
  })
})

describe('waits of more than 50 s', () => {
  test('are taken from a call that is told of progress, since it can extend its time limit', async () => {
    const { service, id } = await started()
    service.complete(id)
    const args = { task_id: id, wait_ms: 3_600_000, wait_for: 'done' }
    await taskStatus.call(service, args, callContext({ progress: async () => {} }))
    expect(service.waits.at(-1)?.query.waitMs).toBe(3_600_000)
  })

  test('are refused from any other, before anything is done', async () => {
    const service = memoryService()
    for (const [tool, args] of [
      [taskStatus, { task_id: 'task-1', wait_ms: 50_001 }],
      [chatAsync, { message: 'x', wait_ms: 50_001 }],
    ] as const) {
      await expect(tool.call(service, args, callContext())).rejects.toMatchObject({
        code: 'invalid_input',
        field: 'wait_ms',
      })
    }
    expect(service.calls).toEqual([])
  })
})

test('Claude Code is told that answers may be as large as max_bytes makes them', async () => {
  const { client } = await started()
  const { tools } = await client.listTools()
  for (const name of ['kiro_task_status', 'kiro_history']) {
    expect(tools.find((tool) => tool.name === name)?._meta).toEqual({
      'anthropic/maxResultSizeChars': 500_000,
    })
  }
})
