import { existsSync, readFileSync } from 'node:fs'
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it } from 'vitest'
import { openTestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { requestLegacy } from '../helpers/wire-2025.js'
import { sendModern } from '../helpers/wire-2026.js'

const PAGE = new URL('../../docs/internals/conformance.md', import.meta.url)
const METHOD_NOT_FOUND = -32_601

interface Row {
  heading: string
  /** The first cell, without backticks. */
  what: string
  for2025: string
  for2026: string
}

/** The rows of all tables of the page. */
function readRows(): Row[] {
  const rows: Row[] = []
  let heading = ''
  for (const line of readFileSync(PAGE, 'utf8').split('\n')) {
    heading = /^### (.*)/.exec(line)?.[1] ?? heading
    const cells = line.split('|').map((cell) => cell.trim())
    const [, what = '', for2025 = '', for2026 = ''] = cells
    if (heading === '' || cells.length !== 5 || what.startsWith('---') || for2025 === '2025-11-25') continue
    rows.push({ heading, what: what.replaceAll('`', ''), for2025, for2026 })
  }
  return rows
}

const ROWS = readRows()
const REQUESTS = ROWS.filter(({ heading }) => heading === 'Requests from the client')
/** All requests that a client can send, by the schemas of both revisions and of the tasks extension. */
const ALL_REQUESTS = [
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'tasks/update',
]

/** The code of the error; undefined for a result. */
async function errorOf(response: Response): Promise<number | undefined> {
  const { error, result } = (await response.json()) as { error?: { code: number }; result?: object }
  expect(error ?? result).toBeDefined()
  return error?.code
}

describe('the tables of docs/internals/conformance.md', () => {
  it('list every request of both revisions; each cell is yes with a test, no with a reason, or –', () => {
    expect(REQUESTS.map(({ what }) => what).sort()).toEqual([...ALL_REQUESTS].sort())
    for (const { what, for2025, for2026 } of ROWS) {
      for (const cell of [for2025, for2026])
        expect(cell, what).toMatch(/^(yes\b.*:.*\.test\.ts|no\b.*: .|–$)/)
      expect([for2025, for2026], what).not.toEqual(['–', '–'])
    }
  })

  it('initialize returns the requested version, and docs/mcp.md names all of them', async () => {
    const { url } = await openTestServer(memoryService())
    const versionFor = async (protocolVersion: string) => {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } }
      const message = (await (await requestLegacy(url, 'initialize', params)).json()) as {
        result: { protocolVersion: string }
      }
      return message.result.protocolVersion
    }
    for (const version of SUPPORTED_PROTOCOL_VERSIONS) {
      expect(readFileSync(new URL('../mcp.md', PAGE), 'utf8')).toContain(version)
      expect(await versionFor(version)).toBe(version)
    }
    expect(await versionFor('2030-01-01')).toBe('2025-11-25')
  })

  it('link only to tests that exist', () => {
    const names = [...readFileSync(PAGE, 'utf8').matchAll(/\]\(((?:\.\.\/)+test\/[^)]+)\)/g)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(100)
    for (const name of new Set(names)) expect(existsSync(new URL(name ?? '', PAGE)), name).toBe(true)
  })

  it.each(REQUESTS)('are right about $what', async ({ what, for2025, for2026 }) => {
    const { url } = await openTestServer(memoryService())
    const code2025 = await errorOf(await requestLegacy(url, what))
    expect(code2025 === METHOD_NOT_FOUND, `${what} by the rules of 2025-11-25`).toBe(
      !for2025.startsWith('yes'),
    )
    const response = await sendModern(url, what, {})
    const isServed = for2026.startsWith('yes')
    expect(response.status === 404, `${what} by the rules of 2026-07-28`).toBe(!isServed)
    expect((await errorOf(response)) === METHOD_NOT_FOUND).toBe(!isServed)
  })

  it.each(ROWS.filter(({ heading }) => heading === 'Notifications from the client'))(
    'are right that $what gets no response',
    async ({ what }) => {
      const { url } = await openTestServer(memoryService())
      const headers = { authorization: `Bearer ${TOKENS.client}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ jsonrpc: '2.0', method: what })
      const accept = 'application/json, text/event-stream'
      const response = await fetch(url, { method: 'POST', headers: { ...headers, accept }, body })
      expect([response.status, await response.text()]).toEqual([202, ''])
    },
  )
})
