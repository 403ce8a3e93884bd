import { expect, test } from 'vitest'
import { inForm } from './form.js'
import { argumentsFor, type Known, type Schema } from './hostile/arguments.js'
import { classifyResponse } from './hostile/classify-response.js'
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

test(`any arguments of a tool receive a valid response, and a refused call changes nothing (seed ${SEED})`, async () => {
  const scene = await openScene()
  let cases = 0
  const codes = new Set<string>()
  const known: Known = { task_id: [scene.known.task_id], session_id: [scene.known.session_id] }
  for (const token of [scene.tokens.client, scene.tokens.operator]) {
    const { send, cases: sent, outcomes } = openSender(scene, token)
    const tools = await toolsFor(openWire(scene, token))
    // The operator also has the tools of the client, which were called already.
    const newTools =
      token === scene.tokens.client ? tools : tools.filter(({ name }) => name.startsWith('spoold_'))
    expect(newTools.length).toBeGreaterThan(3)
    for (const { name, inputSchema, annotations } of newTools) {
      for (const era of ERAS) {
        await holds(OF_TOOLS, argumentsFor(inputSchema, known), async (args) => {
          const { body, headers } = callMessage(era, name, args)
          await send(body, headers, !annotations.readOnlyHint)
        })
      }
      await scene.expectHealthy()
    }
    cases += sent()
    for (const code of outcomes.keys()) codes.add(code)
  }
  expect([...codes]).toEqual(expect.arrayContaining(['accepted', 'invalid_input', 'task_not_found']))
  report({
    table: 'hostile input',
    scenario: 'random arguments for every tool, both revisions of MCP',
    amount: `${cases.toLocaleString('en')} calls`,
    result: `each received a valid response from the same daemon, refused calls changed no row; seed ${SEED}`,
  })
})

test(`each accepted start creates exactly one task (seed ${SEED})`, async () => {
  const scene = await openScene({ freeTasks: 90_000 })
  const wire = openWire(scene, scene.tokens.client)
  const tool = (await toolsFor(wire)).find(({ name }) => name === 'kiro_chat_async')
  const before = scene.rows.count('tasks')
  let accepted = 0
  // Leaves out the fields for which almost every value is wrong.
  const { message, priority, ttl_seconds } = tool?.inputSchema.properties ?? {}
  const properties = { message, priority, ttl_seconds } as Record<string, Schema>
  const starts = argumentsFor({ ...tool?.inputSchema, properties }, {})
  await holds(OF_STARTS, starts, async (args) => {
    const { body, headers } = callMessage('2025-11-25', 'kiro_chat_async', args)
    const outcome = classifyResponse(await wire.post(body.text, headers), scene.secrets)
    if (outcome.kind === 'accepted') accepted += 1
    // Tasks end meanwhile, so only their number is compared.
    if (scene.rows.count('tasks') !== before + accepted) throw new Error('not as many tasks as accepted')
  })
  expect(accepted).toBeGreaterThan(OF_STARTS / 10)
  await scene.expectHealthy()
  report({
    table: 'hostile input',
    scenario: 'starts that may be accepted',
    amount: `${OF_STARTS.toLocaleString('en')} calls`,
    result: `${accepted} accepted, exactly as many tasks stored; seed ${SEED}`,
  })
})
