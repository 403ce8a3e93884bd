import { existsSync, readFileSync } from 'node:fs'
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it } from 'vitest'
import { openFrontDoor, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { requestLegacy } from '../helpers/wire-2025.js'
import { sendModern } from '../helpers/wire-2026.js'

const PAGE = new URL('../../docs/internals/conformance.md', import.meta.url)
const METHOD_NOT_FOUND = -32_601

interface Row {
  heading: string
  /** What the row is about, without the backticks. */
  what: string
  old: string
  modern: string
}

/** The rows of the page's tables about both revisions. */
function readRows(): Row[] {
  const rows: Row[] = []
  let heading = ''
  for (const line of readFileSync(PAGE, 'utf8').split('\n')) {
    heading = /^### (.*)/.exec(line)?.[1] ?? heading
    const cells = line.split('|').map((cell) => cell.trim())
    const [, what = '', old = '', modern = ''] = cells
    if (heading === '' || cells.length !== 5 || what.startsWith('---') || old === '2025-11-25') continue
    rows.push({ heading, what: what.replaceAll('`', ''), old, modern })
  }
  return rows
}

const ROWS = readRows()
const REQUESTS = ROWS.filter(({ heading }) => heading === 'Requests of a client')
/** Of clients, by the schemas of both revisions and of the extension for tasks. */
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

/** The error's number, or undefined where there is a result. */
async function errorOf(response: Response): Promise<number | undefined> {
  const { error, result } = (await response.json()) as { error?: { code: number }; result?: object }
  expect(error ?? result).toBeDefined()
  return error?.code
}

describe('the tables of docs/internals/conformance.md', () => {
  it('has every request of both revisions, and a clear word about each thing', () => {
    expect(REQUESTS.map(({ what }) => what).sort()).toEqual([...ALL_REQUESTS].sort())
    for (const { what, old, modern } of ROWS) {
      for (const cell of [old, modern]) expect(cell, what).toMatch(/^(yes\b.*:.*\.test\.ts|no\b.*: .|–$)/)
      expect([old, modern], what).not.toEqual(['–', '–'])
    }
  })

  it('names every version that initialize gives, which is the one that was asked for', async () => {
    const { url } = await openFrontDoor(memoryService())
    const versionFor = async (protocolVersion: string) => {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } }
      const answer = (await (await requestLegacy(url, 'initialize', params)).json()) as {
        result: { protocolVersion: string }
      }
      return answer.result.protocolVersion
    }
    for (const version of SUPPORTED_PROTOCOL_VERSIONS) {
      expect(readFileSync(new URL('../mcp.md', PAGE), 'utf8')).toContain(version)
      expect(await versionFor(version)).toBe(version)
    }
    expect(await versionFor('2030-01-01')).toBe('2025-11-25')
  })

  it('names tests that are there', () => {
    const names = [...readFileSync(PAGE, 'utf8').matchAll(/\]\(((?:\.\.\/)+test\/[^)]+)\)/g)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(100)
    for (const name of new Set(names)) expect(existsSync(new URL(name ?? '', PAGE)), name).toBe(true)
  })

  it.each(REQUESTS)('is right about $what', async ({ what, old, modern }) => {
    const { url } = await openFrontDoor(memoryService())
    const legacy = await errorOf(await requestLegacy(url, what))
    expect(legacy === METHOD_NOT_FOUND, `${what} by the rules of 2025-11-25`).toBe(!old.startsWith('yes'))
    const response = await sendModern(url, what, {})
    const isServed = modern.startsWith('yes')
    expect(response.status === 404, `${what} by the rules of 2026-07-28`).toBe(!isServed)
    expect((await errorOf(response)) === METHOD_NOT_FOUND).toBe(!isServed)
  })

  it.each(ROWS.filter(({ heading }) => heading === 'Notifications of a client'))(
    'is right that $what gets no answer',
    async ({ what }) => {
      const { url } = await openFrontDoor(memoryService())
      const headers = { authorization: `Bearer ${TOKENS.client}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ jsonrpc: '2.0', method: what })
      const accept = 'application/json, text/event-stream'
      const response = await fetch(url, { method: 'POST', headers: { ...headers, accept }, body })
      expect([response.status, await response.text()]).toEqual([202, ''])
    },
  )
})
