import { expect, test } from 'vitest'
import { inForm } from './form.js'
import { expectNothingSecret, judge } from './hostile/answers.js'
import { holds, SEED } from './hostile/holds.js'
import { brokenRequest, framedRequest, type RawRequest } from './hostile/requests.js'
import { type RawResponse, readResponses } from './hostile/responses.js'
import { openScene, type Scene } from './hostile/scene.js'
import { exchange } from './hostile/socket.js'
import { report } from './report.js'

const FRAMED = inForm({ short: 400, long: 10_000 })
const BROKEN = inForm({ short: 400, long: 10_000 })

function count(statuses: Map<number, number>, responses: readonly RawResponse[]): void {
  for (const { status } of responses) statuses.set(status, (statuses.get(status) ?? 0) + 1)
}

function told(statuses: Map<number, number>): string {
  return [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, times]) => `${status}: ${times}`)
    .join(', ')
}

/** Checks every response of a connection, and that nothing was done. */
async function responsesTo(scene: Scene, request: RawRequest, thenEnd: boolean): Promise<RawResponse[]> {
  const { bytes, wasReset } = await exchange(scene.port, request.parts, thenEnd)
  // A connection that is broken off may take an answer with it, even one that was given.
  const responses = wasReset ? [] : readResponses(bytes, request.isHead)
  for (const response of responses) expectInOrder(response, scene)
  scene.rows.expectUnchanged()
  return responses
}

function expectInOrder({ status, headers, body }: RawResponse, { secrets }: Scene): void {
  expectNothingSecret(JSON.stringify(headers), secrets)
  if (status === 100 || body === '') return
  // What /health tells is its own.
  if (status === 200 && /^\{"status":"ok","version":"[^"]+","pid":\d+\}$/.test(body)) return
  judge({ status, headers, text: body }, secrets)
}

test(`whatever stands in a request, it is answered once and in order (seed ${SEED})`, async () => {
  const scene = await openScene()
  const statuses = new Map<number, number>()
  await holds(FRAMED, framedRequest(scene), async (request) => {
    const responses = await responsesTo(scene, request, false)
    const answers = responses.filter(({ status }) => status >= 200)
    if (answers.length !== 1) throw new Error(`${answers.length} answers`)
    count(statuses, answers)
  })
  await scene.expectWell()
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]))
  report({
    table: 'hostile input',
    what: 'HTTP requests with any method, target, headers and body, cut anywhere',
    amount: `${FRAMED.toLocaleString('en')} connections`,
    seen: `each answered once, no row changed (${told(statuses)}); seed ${SEED}`,
  })
})

test(`whatever bytes come instead of a request, the connection ends in order (seed ${SEED})`, async () => {
  const scene = await openScene()
  const statuses = new Map<number, number>()
  await holds(BROKEN, brokenRequest(scene), async (request) => {
    count(statuses, await responsesTo(scene, request, true))
  })
  await scene.expectWell()
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]))
  report({
    table: 'hostile input',
    what: 'damaged, wrongly framed and pipelined requests, and any bytes',
    amount: `${BROKEN.toLocaleString('en')} connections`,
    seen: `each closed, every answer whole, no row changed (${told(statuses)}); seed ${SEED}`,
  })
})
