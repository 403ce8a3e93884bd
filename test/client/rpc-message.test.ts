import { expect, test } from 'vitest'
import { headers2026 } from '../../src/client/rpc-message.js'

const version = '2026-07-28'
const _meta = { 'io.modelcontextprotocol/protocolVersion': version }

function headersOf(method: string, params: Record<string, unknown>) {
  return headers2026({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } })
}

test('a message without a version gets no headers', () => {
  const params = { name: 'kiro_chat', _meta: { progressToken: 1 } }
  expect(headers2026({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })).toEqual({})
  expect(headers2026({ jsonrpc: '2.0', method: 'notifications/initialized' })).toEqual({})
})

test('the headers have the version, the method and, if there is one, the name', () => {
  const usual = { 'mcp-protocol-version': version }
  expect(headersOf('tools/list', { name: 'x' })).toEqual({ ...usual, 'mcp-method': 'tools/list' })
  for (const [method, param] of [
    ['tools/call', 'name'],
    ['prompts/get', 'name'],
    ['resources/read', 'uri'],
    ['tasks/get', 'taskId'],
    ['tasks/update', 'taskId'],
    ['tasks/cancel', 'taskId'],
  ] as const) {
    expect(headersOf(method, { [param]: 'the one' })).toEqual({
      ...usual,
      'mcp-method': method,
      'mcp-name': 'the one',
    })
  }
})

// The examples of the specification's table of encodings.
test.each([
  ['us-west1', 'us-west1'],
  ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
  [' padded ', '=?base64?IHBhZGRlZCA=?='],
  ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
  ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ['', '=?base64??='],
])('the name %j becomes the header %s', (name, header) => {
  expect(headersOf('tools/call', { name })['mcp-name']).toBe(header)
})
