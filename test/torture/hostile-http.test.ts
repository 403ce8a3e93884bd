import { expect, test } from 'vitest'
import { inForm } from './form.js'
import { classifyResponse, expectNoSecrets } from './hostile/classify-response.js'
import { holds, SEED } from './hostile/holds.js'
import { brokenRequest, framedRequest, type RawRequest } from './hostile/requests.js'
import { type RawResponse, readResponses } from './hostile/responses.js'
import { openScene, type Scene } from './hostile/scene.js'
import { exchange } from './hostile/socket.js'
import { report } from './report.js'

const FRAMED = inForm({ short: 400, long: 10_000 })
const BROKEN = inForm({ short: 400, long: 10_000 })

function addCounts(statuses: Map<number, number>, responses: readonly RawResponse[]): void {
  for (const { status } of responses) statuses.set(status, (statuses.get(status) ?? 0) + 1)
}

function countsOf(statuses: Map<number, number>): string {
  return [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ')
}

/** Sends a request on a new connection. Checks every response, and that no row changed. */
async function responsesTo(scene: Scene, request: RawRequest, thenEnd: boolean): Promise<RawResponse[]> {
  const { bytes, wasReset } = await exchange(scene.port, request.parts, thenEnd)
  // A reset connection may lose responses that were already sent.
  const responses = wasReset ? [] : readResponses(bytes, request.isHead)
  for (const response of responses) expectValidResponse(response, scene)
  scene.rows.expectUnchanged()
  return responses
}

function expectValidResponse({ status, headers, body }: RawResponse, { secrets }: Scene): void {
  expectNoSecrets(JSON.stringify(headers), secrets)
  if (status === 100 || body === '') return
  // The response of /health has a form of its own.
  if (status === 200 && /^\{"status":"ok","version":"[^"]+","pid":\d+\}$/.test(body)) return
  classifyResponse({ status, headers, text: body }, secrets)
}

test(`any request receives exactly one valid response (seed ${SEED})`, async () => {
  const scene = await openScene()
  const statuses = new Map<number, number>()
  await holds(FRAMED, framedRequest(scene), async (request) => {
    const responses = await responsesTo(scene, request, false)
    const final = responses.filter(({ status }) => status >= 200)
    if (final.length !== 1) throw new Error(`${final.length} responses`)
    addCounts(statuses, final)
  })
  await scene.expectHealthy()
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]))
  report({
    table: 'hostile input',
    scenario: 'HTTP requests with random method, target, headers and body, split anywhere',
    amount: `${FRAMED.toLocaleString('en')} connections`,
    result: `each received one valid response, no row changed (${countsOf(statuses)}); seed ${SEED}`,
  })
})

test(`any bytes instead of a request end with a closed connection and valid responses (seed ${SEED})`, async () => {
  const scene = await openScene()
  const statuses = new Map<number, number>()
  await holds(BROKEN, brokenRequest(scene), async (request) => {
    addCounts(statuses, await responsesTo(scene, request, true))
  })
  await scene.expectHealthy()
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]))
  report({
    table: 'hostile input',
    scenario: 'damaged, wrongly framed and pipelined requests, and random bytes',
    amount: `${BROKEN.toLocaleString('en')} connections`,
    result: `each was closed, every response was complete, no row changed (${countsOf(statuses)}); seed ${SEED}`,
  })
})
