import fc from 'fast-check'
import { headers2026 } from '../../../src/client/rpc-message.js'
import { argumentsFor, type Known, type Schema } from './arguments.js'
import { anyJson, objectOf, RawJson } from './raw-json.js'

export const ERAS = ['2025-11-25', '2026-07-28'] as const
export type Era = (typeof ERAS)[number]

/** A request that is ready to be sent. */
export interface Message {
  body: RawJson
  headers: Record<string, string>
}

const CAPABILITIES = { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } }

const META = JSON.stringify({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'hostile', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': CAPABILITIES,
})

/** A request of one revision, with headers that match its body. Params that are not an object stay unchanged. */
export function messageOf(era: Era, method: string, params: RawJson): Message {
  const is2026 = era === '2026-07-28'
  const { text } = params
  const members = text === '{}' ? '}' : `,${text.slice(1)}`
  const paramsText = is2026 && text.startsWith('{') ? `{"_meta":${META}${members}` : text
  const body = new RawJson(
    objectOf([
      ['"jsonrpc"', '"2.0"'],
      ['"id"', '1'],
      ['"method"', JSON.stringify(method)],
      ['"params"', paramsText],
    ]),
  )
  return { body, headers: { 'mcp-protocol-version': era, ...headers2026(JSON.parse(body.text)) } }
}

export function callMessage(era: Era, tool: string, args: RawJson): Message {
  const params = objectOf([
    ['"name"', JSON.stringify(tool)],
    ['"arguments"', args.text],
  ])
  return messageOf(era, 'tools/call', new RawJson(params))
}

const TEXT: Schema = { type: 'string' }
const TASK: Schema = object({ taskId: TEXT })
const PAGE: Schema = object({ cursor: TEXT })
const CALL: Schema = object({
  name: TEXT,
  arguments: object({ message: TEXT, task_id: TEXT }),
  task: object({ ttl: { type: 'integer' } }),
  _meta: object({ progressToken: TEXT }),
})

/** The params that each method reads. */
const SHAPES: Readonly<Record<string, Schema>> = {
  'tools/list': PAGE,
  'tools/call': CALL,
  'resources/list': PAGE,
  'resources/templates/list': PAGE,
  'resources/read': object({ uri: TEXT }),
  'prompts/list': PAGE,
  'prompts/get': object({ name: TEXT, arguments: object({ work: TEXT, agent: TEXT }) }),
  'completion/complete': object({
    ref: object({ type: { enum: ['ref/prompt', 'ref/resource'] }, name: TEXT, uri: TEXT }),
    argument: object({ name: TEXT, value: TEXT }),
    context: object({ arguments: object({ work: TEXT }) }),
  }),
  'tasks/get': TASK,
  'tasks/result': TASK,
  'tasks/list': PAGE,
  'tasks/cancel': TASK,
  'tasks/update': object({ taskId: TEXT, inputResponses: object({ 'question-1': TEXT }) }),
  'subscriptions/listen': object({
    notifications: object({ resourceSubscriptions: { type: 'array' }, taskIds: { type: 'array' } }),
  }),
  initialize: object({ protocolVersion: TEXT, capabilities: object({}), clientInfo: object({ name: TEXT }) }),
  'logging/setLevel': object({ level: TEXT }),
  'resources/subscribe': object({ uri: TEXT }),
  'server/discover': object({}),
  ping: object({}),
}

const ONLY_2026 = ['tasks/update', 'subscriptions/listen', 'server/discover']
const ONLY_2025 = [
  'tasks/result',
  'tasks/list',
  'initialize',
  'logging/setLevel',
  'resources/subscribe',
  'ping',
]
const UNKNOWN_METHODS = [
  '__proto__',
  'constructor',
  'tools/__proto__',
  'toString',
  'tasks/delete',
  'tools/call ',
]

/** The methods to call, including some of the other revision and some that do not exist. */
export const METHODS: Readonly<Record<Era, string[]>> = {
  '2025-11-25': [...methodsExcept(ONLY_2026), ...UNKNOWN_METHODS, 'tasks/update'],
  '2026-07-28': [...methodsExcept(ONLY_2025), ...UNKNOWN_METHODS, 'tasks/result'],
}

/** Params for a method, each of the right type, of another type or missing; or any JSON. */
export function paramsFor(method: string, { task_id }: { task_id: string }): fc.Arbitrary<RawJson> {
  const known: Known = {
    taskId: [task_id],
    task_id: [task_id],
    uri: [
      `spool://tasks/${task_id}`,
      `spool://tasks/${task_id}/output?from=1`,
      'spool://tasks/{id}/output{?from}',
    ],
    name:
      method === 'tools/call' ? ['kiro_chat', 'kiro_task_status', 'kiro_agents_list'] : ['delegate', 'id'],
    cursor: ['MQ==', 'e30'],
    protocolVersion: ['2025-11-25', '2024-11-05'],
  }
  // A subscription to an existing task would stay open, so only random names are used.
  return argumentsFor(
    SHAPES[method] ?? object({ name: TEXT }),
    method === 'subscriptions/listen' ? {} : known,
  )
}

const almostMessage = fc
  .tuple(
    member('jsonrpc', usually('"2.0"')),
    member('id', usually('1')),
    member('method', usually('"tools/list"')),
    member('params', anyJson),
  )
  .map((members) => new RawJson(objectOf(members.filter((given) => given !== undefined))))

const list = fc
  .array(almostMessage, { maxLength: 5 })
  .map((messages) => new RawJson(`[${messages.map(({ text }) => text).join(',')}]`))

/** Any JSON, an almost valid message, or a list of those. */
export const anyMessage: fc.Arbitrary<RawJson> = fc.oneof(anyJson, almostMessage, list)

function member(name: string, value: fc.Arbitrary<RawJson>) {
  const given = value.map(({ text }) => [JSON.stringify(name), text] as const)
  return fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 8, arbitrary: given })
}

function usually(text: string): fc.Arbitrary<RawJson> {
  const usual = fc.constant(new RawJson(text))
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: anyJson })
}

function object(properties: Record<string, Schema>): Schema {
  return { type: 'object', properties }
}

function methodsExcept(excluded: readonly string[]): string[] {
  return Object.keys(SHAPES).filter((method) => !excluded.includes(method))
}
