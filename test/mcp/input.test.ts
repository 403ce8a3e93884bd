import { describe, expect, test } from 'vitest'
import { call, connectSdkClient, openTestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'

const BAD_INPUTS: [name: string, tool: string, args: Record<string, unknown>, field: string, says: RegExp][] =
  [
    [
      'a negative index',
      'kiro_task_status',
      { task_id: 'task-1', from_chunk_index: -1 },
      'from_chunk_index',
      /^from_chunk_index must be a whole number >= 0, got -1; start with 0 or use next_chunk_index$/,
    ],
    [
      'a huge index',
      'kiro_task_status',
      { task_id: 'task-1', from_chunk_index: 1e300 },
      'from_chunk_index',
      /whole number/,
    ],
    [
      'an index with a fraction',
      'kiro_task_status',
      { task_id: 'task-1', from_chunk_index: 1.5 },
      'from_chunk_index',
      /got 1.5/,
    ],
    [
      'an index in words',
      'kiro_task_status',
      { task_id: 'task-1', from_chunk_index: 'last' },
      'from_chunk_index',
      /got "last"/,
    ],
    [
      'too long a wait',
      'kiro_task_status',
      { task_id: 'task-1', wait_ms: 50_001 },
      'wait_ms',
      /from 0 to 50000 in a call without a progress token, got 50001; call again/,
    ],
    [
      'too long a wait for any call',
      'kiro_task_status',
      { task_id: 'task-1', wait_ms: 3_600_001 },
      'wait_ms',
      /from 0 to 3600000, got 3600001/,
    ],
    [
      'too long a wait for a start',
      'kiro_chat_async',
      { message: 'x', wait_ms: 50_001 },
      'wait_ms',
      /without a progress token/,
    ],
    [
      'a wait for something else',
      'kiro_task_status',
      { task_id: 'task-1', wait_for: 'rain' },
      'wait_for',
      /one of output, done, got "rain"/,
    ],
    [
      'too small a budget',
      'kiro_task_status',
      { task_id: 'task-1', max_bytes: 999 },
      'max_bytes',
      /from 1000 /,
    ],
    [
      'an unknown detail',
      'kiro_task_status',
      { task_id: 'task-1', detail: 'all' },
      'detail',
      /full, text, content, chunks/,
    ],
    ['no task', 'kiro_task_status', {}, 'task_id', /^task_id is required; kiro_task_list with include_done/],
    [
      'a task id that looks like an option',
      'kiro_task_cancel',
      { task_id: '--all' },
      'task_id',
      /does not start with "-"/,
    ],
    ['a task id that is a number', 'kiro_task_cancel', { task_id: 5 }, 'task_id', /got 5/],
    [
      'an unknown argument',
      'kiro_task_status',
      { task_id: 'task-1', from_index: 3 },
      'from_index',
      /^from_index is not an argument of this tool; it takes task_id, from_chunk_index/,
    ],
    ['an argument where there is none', 'kiro_session_list', { all: true }, 'all', /it takes none/],
    ['no message', 'kiro_chat_async', {}, 'message', /^message is required/],
    [
      'an empty message',
      'kiro_chat_async',
      { message: ' \n ' },
      'message',
      /not empty, got " \\n "; say what/,
    ],
    ['a message with NUL', 'kiro_chat_async', { message: 'a\0b' }, 'message', /NUL characters/],
    [
      'a model that looks like an option',
      'kiro_chat_async',
      { message: 'x', model: '-m' },
      'model',
      /does not start with "-"/,
    ],
    [
      'a session that looks like an option',
      'kiro_chat_async',
      { message: 'x', session_id: '-s' },
      'session_id',
      /does not start/,
    ],
    [
      'an agent with a line break',
      'kiro_chat_async',
      { message: 'x', agent: 'a\nb' },
      'agent',
      /got "a\\nb"/,
    ],
    [
      'an empty directory name',
      'kiro_chat_async',
      { message: 'x', working_directory: '' },
      'working_directory',
      /absolute path/,
    ],
    [
      'a retention of nothing',
      'kiro_chat_async',
      { message: 'x', ttl_seconds: 0 },
      'ttl_seconds',
      /from 1 to/,
    ],
    [
      'too high a priority',
      'kiro_chat_async',
      { message: 'x', priority: 1000 },
      'priority',
      /from -100 to 100/,
    ],
    [
      'a yes that is none',
      'kiro_task_list',
      { include_done: 'yes' },
      'include_done',
      /true or false, got "yes"/,
    ],
    ['an unknown status', 'kiro_task_list', { status: 'done' }, 'status', /one of pending, running/],
    ['too many at once', 'kiro_task_list', { limit: 201 }, 'limit', /from 1 to 200/],
    ['a history of nothing', 'kiro_history', { session_id: 'session-1', limit: 0 }, 'limit', /from 1 to 100/],
  ]

describe('promise 10: refusals change nothing', () => {
  test.each(BAD_INPUTS)('%s', async (_, tool, args, field, says) => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url)
    const { isError, structured, text } = await call(client, tool, args)
    expect(isError).toBe(true)
    expect(structured).toEqual({ code: 'invalid_input', message: text, field })
    expect(text).toMatch(says)
    expect(text).not.toContain('\n')
    expect(service.calls).toEqual([])
  })

  test.each([
    [{ argv: [] }, 'argv'],
    [{ argv: [''] }, 'argv'],
    [{ argv: 'ls -l' }, 'argv'],
    [{ argv: ['ls', 5] }, 'argv'],
    [{ argv: ['ls', 'a\0b'] }, 'argv'],
  ])('a command line such as %j', async (args, field) => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url, { token: TOKENS.operator })
    const { isError, structured } = await call(client, 'spoold_exec', args)
    expect(isError).toBe(true)
    expect(structured).toMatchObject({ code: 'invalid_input', field })
    expect(service.calls).toEqual([])
  })

  test('a long value is not repeated whole in the refusal', async () => {
    const client = await connectSdkClient((await openTestServer(memoryService())).url)
    const { text } = await call(client, 'kiro_task_cancel', { task_id: `-${'x'.repeat(100_000)}` })
    expect(text.length).toBeLessThan(300)
  })
})

describe('what is beyond doubt is accepted', () => {
  test('whole numbers and booleans as text, null for what is optional', async () => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url)
    const { task } = await service.start({ message: 'x' })
    service.print(task.id, 'text', 'one')
    service.print(task.id, 'text', 'two')
    const polled = await call(client, 'kiro_task_status', {
      task_id: task.id,
      from_chunk_index: '1',
      max_bytes: null,
    })
    expect(polled.structured.new_content).toBe('two')
    const listed = await call(client, 'kiro_task_list', { include_done: 'true', session_id: null })
    expect(listed.structured.count).toBe(1)
  })

  test('a call without arguments, where none are needed', async () => {
    const client = await connectSdkClient((await openTestServer(memoryService())).url)
    const result = await client.callTool({ name: 'kiro_agents_list' })
    expect(result.isError).toBeFalsy()
  })
})
