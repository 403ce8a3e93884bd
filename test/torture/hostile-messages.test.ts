import fc from 'fast-check'
import { test } from 'vitest'
import { inForm } from './form.js'
import { holds, SEED } from './hostile/holds.js'
import { anyMessage, ERAS, type Era, METHODS, messageOf, paramsFor } from './hostile/messages.js'
import { openScene } from './hostile/scene.js'
import { openSender } from './hostile/sender.js'
import { report } from './report.js'

const OF_METHODS = inForm({ short: 25, long: 500 })
const OF_MESSAGES = inForm({ short: 300, long: 20_000 })

test(`any params of a method receive a valid response and change nothing (seed ${SEED})`, async () => {
  const scene = await openScene()
  const { send, cases } = openSender(scene, scene.tokens.client)
  for (const era of ERAS) {
    for (const method of METHODS[era]) {
      await holds(OF_METHODS, paramsFor(method, scene.known), async (params) => {
        const { body, headers } = messageOf(era, method, params)
        await send(body, headers, method === 'tools/call')
      })
    }
    await scene.expectHealthy()
  }
  report({
    table: 'hostile input',
    scenario: 'random params for every other method, both revisions of MCP',
    amount: `${cases().toLocaleString('en')} requests`,
    result: `each received a valid response from the same daemon, no row changed; seed ${SEED}`,
  })
})

test(`any JSON as a message receives a valid response and changes nothing (seed ${SEED})`, async () => {
  const scene = await openScene()
  const { send, cases } = openSender(scene, scene.tokens.client)
  const versions = fc.option(fc.constantFrom<Era>(...ERAS), { nil: undefined })
  await holds(OF_MESSAGES, fc.tuple(anyMessage, versions), async ([body, version]) => {
    await send(body, version === undefined ? {} : { 'mcp-protocol-version': version }, false)
  })
  await scene.expectHealthy()
  report({
    table: 'hostile input',
    scenario: 'random JSON as messages',
    amount: `${cases().toLocaleString('en')} messages`,
    result: `each received a valid response from the same daemon, no row changed; seed ${SEED}`,
  })
})
