import { describe, expect, test } from 'vitest'
import { chatAsync } from '../../src/mcp/tools/chat-async.js'
import { taskStatus } from '../../src/mcp/tools/task-status.js'
import { callContext } from '../helpers/call-context.js'
import { call } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { started } from './started.js'

describe('a poll', () => {
  test('returns every documented field while the task runs', async () => {
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

  test("reports the agent's question and how to respond to it; the listing does, too", async () => {
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
    expect(text).toMatch(
      /The agent asks for permission: run "rm" - options: yes-1 \(Yes\)\. Respond with kiro_task_respond/,
    )
    const listed = await call(client, 'kiro_task_list')
    expect(listed.structured.tasks).toMatchObject([{ status: 'input_required', question: 'run "rm"' }])
    const answered = await call(client, 'kiro_task_respond', { task_id: id, option: 'yes-1' })
    expect(answered.structured).toMatchObject({ success: true, question_id: 'q1', option_id: 'yes-1' })
    const rejected = await call(client, 'kiro_task_respond', {
      task_id: id,
      option: 'yes-1',
      question_id: 'q2',
    })
    expect(rejected.structured).toMatchObject({ code: 'no_question' })
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

  test('waits 20 s by default', async () => {
    const { service, client, id } = await started()
    service.print(id, 'text', 'x')
    await call(client, 'kiro_task_status', { task_id: id })
    expect(service.waits[0]?.query).toMatchObject({ from: 0, waitMs: 20_000, waitFor: 'output' })
  })

  test("with an index beyond the next one is refused, with the service's sentence", async () => {
    const { service, id, poll } = await started()
    service.print(id, 'text', 'x')
    const { isError, structured, text } = await poll({ from_chunk_index: 5 })
    expect(isError).toBe(true)
    expect(structured).toMatchObject({ code: 'invalid_input', field: 'from_chunk_index' })
    expect(text).toBe("from_chunk_index 5 is beyond the task's next chunk, 1")
  })

  test('of a failed task has the reason; a cancelled one has neither result nor error', async () => {
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

describe('waits of more than 50 s', () => {
  test('are accepted from a call that asks for progress, since it can extend its time limit', async () => {
    const { service, id } = await started()
    service.complete(id)
    const args = { task_id: id, wait_ms: 3_600_000, wait_for: 'done' }
    await taskStatus.call(service, args, callContext({ progress: async () => {} }))
    expect(service.waits.at(-1)?.query.waitMs).toBe(3_600_000)
  })

  test('are refused from any other call, before anything is done', async () => {
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

test('the tools declare to Claude Code that results may be as large as max_bytes allows', async () => {
  const { client } = await started()
  const { tools } = await client.listTools()
  for (const name of ['kiro_task_status', 'kiro_history', 'kiro_task_search']) {
    expect(tools.find((tool) => tool.name === name)?._meta).toEqual({
      'anthropic/maxResultSizeChars': 500_000,
    })
  }
})
