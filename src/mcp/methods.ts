import { RPC } from '../domain/errors.js'
import { isObject } from '../domain/json.js'
import { describeValue, oneLine, quoteName } from '../domain/text.js'
import type { Call, InputRequired } from './call.js'
import { invalidParams, RpcError } from './rpc-error.js'
import type { ServerDefinition, ToolDefinition } from './server-definition.js'

/** The params of a request, not yet checked. */
export type Params = Readonly<Record<string, unknown>> | undefined

type Answer = Record<string, unknown> | InputRequired
type Method = (offer: ServerDefinition, params: Params, call: Call) => Answer | Promise<Answer>

/** The requests that every revision answers alike; tools/call and tasks/… are each shell's own. */
const METHODS: Readonly<Record<string, Method>> = {
  'tools/list': ({ tools }, params) =>
    onePage(params, { tools: [...tools.values()].map(({ listed }) => listed) }),
  'resources/list': async (offer, params) => ({
    ...(await offered(offer.resources, 'resources').list(optionalText(params, 'cursor'))),
  }),
  'resources/templates/list': (offer, params) =>
    onePage(params, { resourceTemplates: [...offered(offer.resources, 'resources').templates] }),
  'resources/read': async (offer, params, call) => {
    const uri = requiredText(params, 'uri')
    const contents = await offered(offer.resources, 'resources').read(uri, call)
    if (contents === undefined) throw resourceNotFound(uri)
    return isContents(contents) ? { contents } : contents
  },
  'prompts/list': (offer, params) =>
    onePage(params, { prompts: [...offered(offer.prompts, 'prompts').list] }),
  'prompts/get': async (offer, params, call) => {
    const name = requiredText(params, 'name')
    const prompts = offered(offer.prompts, 'prompts')
    const prompt = await prompts.get(name, textArguments(params), call)
    if (prompt !== undefined) return { ...prompt }
    const names = prompts.list.map((listed) => listed.name).join(', ')
    throw invalidParams(`There is no prompt ${quoteName(name)}; there is ${names}`)
  },
  'completion/complete': async (offer, params) => ({ completion: await complete(offer, params) }),
}

/** Whether `answer` knows it, for this offer. */
export function isAnswered(offer: ServerDefinition, method: string): boolean {
  if (method.startsWith('resources/')) return Object.hasOwn(METHODS, method) && offer.resources !== undefined
  if (method.startsWith('prompts/')) return Object.hasOwn(METHODS, method) && offer.prompts !== undefined
  return Object.hasOwn(METHODS, method)
}

/** Answers a request that all revisions share. Throws RpcError. */
export async function answer(
  offer: ServerDefinition,
  method: string,
  params: Params,
  call: Call,
): Promise<Answer> {
  const answerIt = isAnswered(offer, method) ? METHODS[method] : undefined
  if (answerIt === undefined) throw noSuchMethod(method)
  return answerIt(offer, params, call)
}

export function noSuchMethod(method: string): RpcError {
  const sentence = `There is no method ${quoteName(method)} here; docs/mcp.md has the list of those that are served`
  return new RpcError(RPC.methodNotFound, 'not_found', sentence)
}

/** The tool that a tools/call names. Throws RpcError with the names that there are. */
export function toolNamed({ tools }: ServerDefinition, params: Params): ToolDefinition {
  const name = params?.name
  const tool = typeof name === 'string' ? tools.get(name) : undefined
  if (tool !== undefined) return tool
  const problem =
    typeof name === 'string'
      ? `Tool ${quoteName(name)} not found`
      : `params.name must be the name of a tool, got ${describeValue(name)}`
  throw invalidParams(`${problem}; there are ${[...tools.keys()].join(', ')}`)
}

/** A text that a request must have. Throws RpcError. */
export function requiredText(params: Params, field: string): string {
  const value = params?.[field]
  if (typeof value === 'string' && value !== '') return value
  throw invalidParams(`params.${field} must be text, got ${describeValue(value)}`)
}

/** How much of a URI that names nothing is repeated, in UTF-16 units. */
const MAX_URI_LENGTH = 1_000

/** Each revision gives it a number of its own, so the shells look at its `data.uri`. */
function resourceNotFound(uri: string): RpcError {
  const sentence = `There is no resource ${quoteName(uri)}; resources/list and resources/templates/list tell what there is`
  return new RpcError(RPC.invalidParams, 'not_found', sentence, { uri: oneLine(uri, MAX_URI_LENGTH) })
}

function isContents<T>(read: T[] | InputRequired): read is T[] {
  return Array.isArray(read)
}

/** A list that comes whole: no cursor was ever given for it. */
export function onePage<List>(params: Params, list: List): List {
  const cursor = params?.cursor ?? undefined
  if (cursor === undefined) return list
  throw invalidParams(
    `params.cursor ${describeValue(cursor)} is none that was given; this list has one page, so leave it out`,
  )
}

function optionalText(params: Params, field: string): string | undefined {
  return params?.[field] === undefined ? undefined : requiredText(params, field)
}

function textArguments(params: Params): Record<string, string> {
  const given = params?.arguments ?? {}
  if (!isObject(given)) throw invalidParams(`params.arguments must be an object, got ${describeValue(given)}`)
  for (const [name, value] of Object.entries(given)) {
    const problem =
      typeof value !== 'string'
        ? `must be text, got ${describeValue(value)}`
        : !value.isWellFormed() && 'contains half a character (a lone surrogate); send valid Unicode'
    if (problem) throw invalidParams(`params.arguments: ${quoteName(name)} ${problem}`)
  }
  return given as Record<string, string>
}

/** What MCP allows in one answer. */
const MAX_VALUES = 100

async function complete(offer: ServerDefinition, params: Params) {
  const ref = isObject(params?.ref) ? params.ref : {}
  const argument = isObject(params?.argument) ? params.argument : {}
  const name = requiredText(argument, 'name')
  const beginning = typeof argument.value === 'string' ? argument.value : ''
  const values = await valuesFor(offer, ref, name, beginning)
  const given = values.slice(0, MAX_VALUES)
  // Who gives as many as fit may have more of them.
  if (values.length >= MAX_VALUES) return { values: given, hasMore: true }
  return { values: given, total: given.length, hasMore: false }
}

function valuesFor(offer: ServerDefinition, ref: Record<string, unknown>, name: string, beginning: string) {
  if (ref.type === 'ref/prompt') {
    return offered(offer.prompts, 'prompts').complete(requiredText(ref, 'name'), name, beginning)
  }
  if (ref.type === 'ref/resource') {
    return offered(offer.resources, 'resources').complete(requiredText(ref, 'uri'), name, beginning)
  }
  throw invalidParams(`params.ref.type must be ref/prompt or ref/resource, got ${describeValue(ref.type)}`)
}

function offered<T>(part: T | undefined, kind: string): T {
  if (part !== undefined) return part
  throw new RpcError(RPC.methodNotFound, 'not_found', `This server has no ${kind}`)
}
