import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { expect, onTestFinished, test } from 'vitest'
import { bearerTokenValidator } from '../../src/http/bearer-token.js'
import { openTestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { postJson } from '../helpers/post-json.js'

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const { client, operator } = TOKENS

/** Wrong tokens of different kinds and lengths. */
const WRONG = [
  ...['x', 'Bearer', client.slice(0, -1), client.slice(1), `${client}x`, `${client}${client}`],
  ...[client.toUpperCase(), client.replace(/.$/, 'x'), `${client},${client}`, 'x'.repeat(8_000)],
]

test.each(WRONG)('the wrong token %j is rejected, and not repeated in the response', async (wrong) => {
  const service = memoryService()
  const { url, logged } = await openTestServer(service)
  const response = await postJson(url, LIST, { authorization: `Bearer ${wrong}` })
  expect(response.status).toBe(401)
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject({ error: { data: { code: 'unauthorized' } } })
  if (wrong.length > 10) expect(text).not.toContain(wrong.slice(0, 20))
  expect([service.calls, logged]).toEqual([[], []])
})

test('a token is compared with both valid tokens in constant time', () => {
  const compared: [number, number][] = []
  const { timingSafeEqual } = crypto
  onTestFinished(() => {
    crypto.timingSafeEqual = timingSafeEqual
    syncBuiltinESMExports()
  })
  crypto.timingSafeEqual = (one, other) => {
    compared.push([one.byteLength, other.byteLength])
    return timingSafeEqual(one, other)
  }
  syncBuiltinESMExports()
  const validate = bearerTokenValidator(TOKENS)
  const url = new URL('http://127.0.0.1/mcp')
  const check = (token: string) => validate({ authorization: `Bearer ${token}`, url })
  expect(check(client)).toEqual({ caller: 'client' })
  expect(check(operator)).toEqual({ caller: 'operator' })
  for (const wrong of WRONG) expect(check(wrong)).toHaveProperty('error')
  // Hashes are compared, so that not even the length of a valid token leaks.
  expect(compared).toEqual(Array.from({ length: 2 * (WRONG.length + 2) }, () => [32, 32]))
})

test.each(['token', 'access_token', 'key', 'authorization'])(
  'a token in the URL as %s is rejected',
  async (name) => {
    const { url } = await openTestServer(memoryService())
    const response = await postJson(`${url}?${name}=${client}`, LIST)
    expect(response.status).toBe(401)
    const text = await response.text()
    expect(text).toContain('A token in the URL ends up in logs')
    expect(text).not.toContain(client)
  },
)

test('a client cannot use the tools of the person at this machine', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const call = { ...LIST, method: 'tools/call', params: { name: 'spoold_exec', arguments: { argv: ['id'] } } }
  const { error } = (await (await postJson(url, call)).json()) as { error: { message: string } }
  expect(error.message).toContain('Tool spoold_exec not found')
  expect(service.calls).toEqual([])
})
