import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { openTestServer, type TestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'

interface Answer {
  result?: CallToolResult
  error?: { code: number; message: string; data?: { code: string } }
}

/** Sends `params` as raw text, which no correct client would, and returns the response, whose status must be 200. */
async function post(server: TestServer, params: string, method = 'tools/call'): Promise<Answer> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${TOKENS.client}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)}${params === '' ? '' : `,"params":${params}`}}`,
  })
  expect(response.status).toBe(200)
  const answer = (await response.json()) as Answer
  expect(stringsIn(answer).every((text) => text.isWellFormed())).toBe(true)
  return answer
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)])
}

async function rejection(server: TestServer, tool: string, args: string) {
  const { result } = await post(server, `{"name":"${tool}","arguments":${args}}`)
  expect(result?.isError).toBe(true)
  const { code, message, field } = (result?.structuredContent ?? {}) as Record<string, string | undefined>
  expect(result?.content).toEqual([{ type: 'text', text: message }])
  return { code, message: message ?? '', field, bytes: JSON.stringify(result).length }
}

describe('promise 10: a call of the wrong shape is refused in one sentence', () => {
  test.each(['[]', '"x"', '5', 'true'])('arguments %s', async (args) => {
    const service = memoryService()
    const server = await openTestServer(service)
    expect(await rejection(server, 'kiro_chat_async', args)).toMatchObject({
      code: 'invalid_input',
      message: 'arguments must be an object with the fields of the tool',
    })
    expect(service.calls).toEqual([])
    expect(server.logged).toEqual([])
  })

  test('arguments null are none', async () => {
    const server = await openTestServer(memoryService())
    const { result } = await post(server, '{"name":"kiro_task_list","arguments":null}')
    expect(result?.isError).toBeFalsy()
  })

  test.each(['', '{}', '{"name":5}', '{"name":["kiro_task_list"]}'])('params %j', async (params) => {
    const server = await openTestServer(memoryService())
    const { error } = await post(server, params)
    expect(error).toMatchObject({ code: -32_602, data: { code: 'invalid_input' } })
    expect(error?.message).toMatch(
      /^params\.name must be the name of a tool, got .*; available: kiro_chat_async/,
    )
    expect(error?.message).not.toContain('\n')
  })

  test('an unknown method', async () => {
    const server = await openTestServer(memoryService())
    const { error } = await post(server, '{}', 'tools/\x1bnothing')
    expect(error).toEqual({
      code: -32_601,
      message: 'There is no method "tools/\\u001bnothing"; docs/mcp.md lists the methods',
      data: { code: 'not_found' },
    })
  })

  test('unknown params of tools/list are ignored, an unknown cursor is refused', async () => {
    const server = await openTestServer(memoryService())
    expect((await post(server, '{"page":5,"cursor":null}', 'tools/list')).result).toHaveProperty('tools')
    expect((await post(server, '{"cursor":5}', 'tools/list')).error).toMatchObject({ code: -32_602 })
  })

  test.each(['__proto__', 'constructor', 'toString'])('the unknown field %s', async (name) => {
    const service = memoryService()
    const server = await openTestServer(service)
    for (const value of ['null', '{"message":"y"}']) {
      const rejected = await rejection(server, 'kiro_chat_async', `{"message":"x","${name}":${value}}`)
      expect(rejected).toMatchObject({ code: 'invalid_input', field: name })
      expect(rejected.message).toContain(`${name} is not an argument of this tool`)
    }
    expect(service.calls).toEqual([])
  })

  test.each([
    ['a list in a list, thousands deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'a list'],
    ['an object in an object, thousands deep', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 'an object'],
    ['a number beyond all numbers', '1e400', 'Infinity'],
  ])('%s', async (_, value, spoken) => {
    const server = await openTestServer(memoryService())
    const rejected = await rejection(server, 'kiro_chat_async', `{"message":${value}}`)
    expect(rejected).toMatchObject({
      code: 'invalid_input',
      message: `message must be text that is not empty, got ${spoken}; say what the agent should do`,
    })
    expect(server.logged).toEqual([])
  })
})

describe('a response repeats little of the refused input, and nothing harmful', () => {
  const long = 'x'.repeat(3_000_000)

  test('the name of an argument', async () => {
    const server = await openTestServer(memoryService())
    const rejected = await rejection(server, 'kiro_session_list', `{"${long}":1}`)
    expect(rejected.code).toBe('invalid_input')
    expect(rejected.bytes).toBeLessThan(1_000)
  })

  test('the name of a tool', async () => {
    const server = await openTestServer(memoryService())
    const { error } = await post(server, `{"name":"${long}"}`)
    expect(error?.message.length).toBeLessThan(500)
  })

  test('any sentence of the service', async () => {
    const service = memoryService()
    const server = await openTestServer(service)
    service.failNext(
      new SpoolError('invalid_input', `a\x1b[31m\u202e\ud800\n${long}`, { field: `\x9b1m${long}` }),
    )
    const rejected = await rejection(server, 'kiro_task_list', '{}')
    expect(rejected.message).toMatch(/^a\ufffd x+…$/)
    expect(rejected.field).toMatch(/^x+…$/)
    expect(rejected.bytes).toBeLessThan(10_000)
  })

  test('control characters and direction marks in a name', async () => {
    const server = await openTestServer(memoryService())
    const rejected = await rejection(server, 'kiro_session_list', '{"a\\u001b[2J\\u202e\\u0085":1}')
    expect(rejected.message).toMatch(/^"a\\u001b\[2J\\u202e\\u0085" is not an argument/)
    expect(rejected.field).toBe('a')
  })

  test('a wrong value is cut at a character', async () => {
    const server = await openTestServer(memoryService())
    for (const before of ['-', '--']) {
      const rejected = await rejection(
        server,
        'kiro_task_cancel',
        `{"task_id":"${before}${'👋'.repeat(200)}"}`,
      )
      expect(rejected.message).toContain('👋…"')
    }
  })

  test('the subject of a JSON-RPC error', async () => {
    const server = await openTestServer(memoryService())
    const asTask = await post(
      server,
      '{"name":"kiro_chat","task":{},"arguments":{"message":"x","\\ud800":1}}',
    )
    expect(asTask.error).toMatchObject({ code: -32_602, data: { code: 'invalid_input', field: '\ufffd' } })
    const prompt = await post(server, '{"name":"delegate","arguments":{"a\\u0000b":5}}', 'prompts/get')
    expect(prompt.error?.message).toBe('params.arguments: "a\\u0000b" must be text, got 5')
    const half = await post(server, '{"name":"delegate","arguments":{"work":"\\ud800"}}', 'prompts/get')
    expect(half.error?.message).toMatch(/^params\.arguments: work contains half a character/)
    const nowhere = await post(server, `{"uri":"spool://\\ud800${long}"}`, 'resources/read')
    expect(nowhere.error).toMatchObject({ data: { code: 'not_found' } })
    expect(JSON.stringify(nowhere).length).toBeLessThan(2_000)
  })

  test('the messages in a listing', async () => {
    const service = memoryService()
    const server = await openTestServer(service)
    const message = `\x1b[31mred\u202e\x07\n`
    await service.start({ message })
    for (const before of ['', 'x']) await service.start({ message: `${before}${'👋'.repeat(500)}` })
    const { result } = await post(server, '{"name":"kiro_task_list"}')
    const { tasks } = (result?.structuredContent ?? {}) as { tasks: { message: string }[] }
    expect(tasks.at(-1)?.message).toBe('red')
    expect(JSON.stringify(result?.content)).toContain(' red"')
    expect(service.started[0]?.message).toBe(message)
  })
})
