import { expect, test } from 'vitest'
import { inForm } from './form.js'
import { judge } from './hostile/answers.js'
import { argumentsFor, type Known, type Schema } from './hostile/arguments.js'
import { holds, SEED } from './hostile/holds.js'
import { callMessage, ERAS } from './hostile/messages.js'
import { openScene } from './hostile/scene.js'
import { openSender } from './hostile/sender.js'
import { openWire, type Wire } from './hostile/wire.js'
import { report } from './report.js'

interface Tool {
  name: string
  inputSchema: Schema
  annotations: { readOnlyHint: boolean }
}

const OF_TOOLS = inForm({ short: 60, long: 900 })
const OF_STARTS = inForm({ short: 30, long: 400 })

async function toolsFor(wire: Wire): Promise<Tool[]> {
  const { text } = await wire.post('{"jsonrpc":"2.0","id":1,"method":"tools/list"}')
  return JSON.parse(text).result.tools
}

test(`whatever a tool is called with, the daemon answers in order and a refusal changes nothing (seed ${SEED})`, async () => {
  const scene = await openScene()
  let cases = 0
  const codes = new Set<string>()
  const known: Known = { task_id: [scene.known.task_id], session_id: [scene.known.session_id] }
  for (const token of [scene.tokens.client, scene.tokens.operator]) {
    const { send, cases: sent, outcomes } = openSender(scene, token)
    const tools = await toolsFor(openWire(scene, token))
    // The operator has the client's tools too; those were called already.
    const fresh =
      token === scene.tokens.client ? tools : tools.filter(({ name }) => name.startsWith('spoold_'))
    expect(fresh.length).toBeGreaterThan(3)
    for (const { name, inputSchema, annotations } of fresh) {
      for (const era of ERAS) {
        await holds(OF_TOOLS, argumentsFor(inputSchema, known), async (args) => {
          const { body, headers } = callMessage(era, name, args)
          await send(body, headers, !annotations.readOnlyHint)
        })
      }
      await scene.expectWell()
    }
    cases += sent()
    for (const code of outcomes.keys()) codes.add(code)
  }
  expect([...codes]).toEqual(expect.arrayContaining(['accepted', 'invalid_input', 'task_not_found']))
  report({
    table: 'hostile input',
    what: 'arguments of every tool, both eras',
    amount: `${cases.toLocaleString('en')} calls`,
    seen: `each answered in order by the same daemon, refusals changed no row; seed ${SEED}`,
  })
})

test(`what is accepted starts as many tasks as it says, and no more (seed ${SEED})`, async () => {
  const scene = await openScene({ room: 90_000 })
  const wire = openWire(scene, scene.tokens.client)
  const tool = (await toolsFor(wire)).find(({ name }) => name === 'kiro_chat_async')
  const before = scene.rows.count('tasks')
  let accepted = 0
  // Without the fields for which almost nothing is right.
  const { message, priority, ttl_seconds } = tool?.inputSchema.properties ?? {}
  const properties = { message, priority, ttl_seconds } as Record<string, Schema>
  const starts = argumentsFor({ ...tool?.inputSchema, properties }, {})
  await holds(OF_STARTS, starts, async (args) => {
    const { body, headers } = callMessage('2025-11-25', 'kiro_chat_async', args)
    const outcome = judge(await wire.post(body.text, headers), scene.secrets)
    if (outcome.is === 'accepted') accepted += 1
    // Tasks come to their ends meanwhile, so only their number tells.
    if (scene.rows.count('tasks') !== before + accepted) throw new Error('not as many tasks as accepted')
  })
  expect(accepted).toBeGreaterThan(OF_STARTS / 10)
  await scene.expectWell()
  report({
    table: 'hostile input',
    what: 'starts that may be accepted',
    amount: `${OF_STARTS.toLocaleString('en')} calls`,
    seen: `${accepted} accepted, as many tasks stored; seed ${SEED}`,
  })
})
