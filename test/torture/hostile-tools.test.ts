import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inForm } from './form.js'
import { judge, type Outcome } from './hostile/answers.js'
import { argumentsFor, type Known, type Schema } from './hostile/arguments.js'
import { holds, SEED } from './hostile/holds.js'
import { callMessage, ERAS, type Era, METHODS, messageOf, paramsFor } from './hostile/messages.js'
import { anyJson, RawJson } from './hostile/raw-json.js'
import { openScene, type Scene } from './hostile/scene.js'
import { openWire, type Wire } from './hostile/wire.js'
import { report } from './report.js'

interface Tool {
  name: string
  inputSchema: Schema
  annotations: { readOnlyHint: boolean }
}

const OF_TOOLS = inForm({ short: 60, long: 1_800 })
const OF_METHODS = inForm({ short: 25, long: 500 })
const OF_STARTS = inForm({ short: 30, long: 400 })
const OF_MESSAGES = inForm({ short: 300, long: 6_000 })

/** Sends one case after the other, and counts how they ended. */
function sender(scene: Scene, wire: Wire) {
  const outcomes = new Map<string, number>()
  let cases = 0
  return {
    outcomes,
    cases: () => cases,
    /** @param mayChange a call that is accepted may change rows; nothing else may */
    async send({ text }: RawJson, headers: Record<string, string>, mayChange: boolean): Promise<Outcome> {
      const outcome = judge(await wire.post(text, headers), scene.secrets)
      if (outcome.is === 'accepted' && mayChange) scene.rows.accept()
      else scene.rows.expectUnchanged()
      cases += 1
      const key = outcome.is === 'refused' ? outcome.code : outcome.is
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
      return outcome
    },
  }
}

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
    const wire = openWire(scene, token)
    const { send, cases: sent, outcomes } = sender(scene, wire)
    const tools = await toolsFor(wire)
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

test(`whatever any other method is asked with, the same (seed ${SEED})`, async () => {
  const scene = await openScene()
  const { send, cases } = sender(scene, openWire(scene, scene.tokens.client))
  for (const era of ERAS) {
    for (const method of METHODS[era]) {
      await holds(OF_METHODS, paramsFor(method, scene.known), async (params) => {
        const { body, headers } = messageOf(era, method, params)
        await send(body, headers, method === 'tools/call')
      })
    }
    await scene.expectWell()
  }
  report({
    table: 'hostile input',
    what: 'params of every other method, both eras',
    amount: `${cases().toLocaleString('en')} requests`,
    seen: `the same; seed ${SEED}`,
  })
})

test(`whatever JSON is sent as a message, the same (seed ${SEED})`, async () => {
  const scene = await openScene()
  const { send, cases } = sender(scene, openWire(scene, scene.tokens.client))
  const member = (name: string, value: fc.Arbitrary<RawJson>) =>
    fc.option(value, { freq: 8, nil: undefined }).map((given) => given && `"${name}":${given.text}`)
  const known = (text: string) => fc.constant(new RawJson(text))
  const mostly = (text: string) =>
    fc.oneof({ weight: 4, arbitrary: known(text) }, { weight: 1, arbitrary: anyJson })
  const nearly = fc
    .tuple(
      member('jsonrpc', mostly('"2.0"')),
      member('id', mostly('1')),
      member('method', mostly('"tools/list"')),
      member('params', anyJson),
    )
    .map((members) => new RawJson(`{${members.filter((given) => given !== undefined).join(',')}}`))
  const list = fc
    .array(nearly, { maxLength: 5 })
    .map((messages) => new RawJson(`[${messages.map(({ text }) => text).join(',')}]`))
  const versions = fc.option(fc.constantFrom<Era>(...ERAS), { nil: undefined })
  await holds(OF_MESSAGES, fc.tuple(fc.oneof(anyJson, nearly, list), versions), async ([body, version]) => {
    await send(body, version === undefined ? {} : { 'mcp-protocol-version': version }, false)
  })
  await scene.expectWell()
  report({
    table: 'hostile input',
    what: 'messages of any JSON',
    amount: `${cases().toLocaleString('en')} messages`,
    seen: `the same; seed ${SEED}`,
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
