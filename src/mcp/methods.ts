import { RPC } from '../domain/errors.js'
import { isObject } from '../domain/json.js'
import { describeValue, oneLine, quoteName } from '../domain/text.js'
import type { Call, InputRequired } from './call.js'
import type { ServerDefinition, ToolDefinition } from './definition.js'
import { invalidParams, RpcError } from './rpc-error.js'

/** The params of a request, not yet validated. */
export type Params = Readonly<Record<string, unknown>> | undefined

type Result = Record<string, unknown> | InputRequired
type Method = (definition: ServerDefinition, params: Params, call: Call) => Result | Promise<Result>

/** The requests that both eras handle alike; tools/call and tasks/… belong to the server factory. */
const METHODS: Readonly<Record<string, Method>> = {
  'tools/list': ({ tools }, params) =>
    singlePage(params, { tools: [...tools.values()].map(({ listed }) => listed) }),
  'resources/list': async (definition, params) => ({
    ...(await required(definition.resources, 'resources').list(optionalText(params, 'cursor'))),
  }),
  'resources/templates/list': (definition, params) =>
    singlePage(params, { resourceTemplates: [...required(definition.resources, 'resources').templates] }),
  'resources/read': async (definition, params, call) => {
    const uri = requiredText(params, 'uri')
    const contents = await required(definition.resources, 'resources').read(uri, call)
    if (contents === undefined) throw resourceNotFound(uri)
    return Array.isArray(contents) ? { contents } : contents
  },
  'prompts/list': (definition, params) =>
    singlePage(params, { prompts: [...required(definition.prompts, 'prompts').list] }),
  'prompts/get': async (definition, params, call) => {
    const name = requiredText(params, 'name')
    const prompts = required(definition.prompts, 'prompts')
    const prompt = await prompts.get(name, textArguments(params), call)
    if (prompt !== undefined) return { ...prompt }
    const names = prompts.list.map((listed) => listed.name).join(', ')
    throw invalidParams(`There is no prompt ${quoteName(name)}; available: ${names}`)
  },
  'completion/complete': async (definition, params) => ({ completion: await complete(definition, params) }),
}

export function handlesMethod(definition: ServerDefinition, method: string): boolean {
  if (method.startsWith('resources/'))
    return Object.hasOwn(METHODS, method) && definition.resources !== undefined
  if (method.startsWith('prompts/')) return Object.hasOwn(METHODS, method) && definition.prompts !== undefined
  return Object.hasOwn(METHODS, method)
}

/** Throws RpcError. */
export async function handleRequest(
  definition: ServerDefinition,
  method: string,
  params: Params,
  call: Call,
): Promise<Result> {
  const handle = handlesMethod(definition, method) ? METHODS[method] : undefined
  if (handle === undefined) throw methodNotFound(method)
  return handle(definition, params, call)
}

export function methodNotFound(method: string): RpcError {
  const sentence = `There is no method ${quoteName(method)}; docs/mcp.md lists the methods`
  return new RpcError(RPC.methodNotFound, 'not_found', sentence)
}

/** The tool that a tools/call names. Throws RpcError with the names of the tools. */
export function findTool({ tools }: ServerDefinition, params: Params): ToolDefinition {
  const name = params?.name
  const tool = typeof name === 'string' ? tools.get(name) : undefined
  if (tool !== undefined) return tool
  const problem =
    typeof name === 'string'
      ? `Tool ${quoteName(name)} not found`
      : `params.name must be the name of a tool, got ${describeValue(name)}`
  throw invalidParams(`${problem}; available: ${[...tools.keys()].join(', ')}`)
}

/** Throws RpcError. */
export function requiredText(params: Params, field: string): string {
  const value = params?.[field]
  if (typeof value === 'string' && value !== '') return value
  throw invalidParams(`params.${field} must be text, got ${describeValue(value)}`)
}

/** A list on a single page: no cursor was ever given for it. Throws RpcError. */
export function singlePage<List>(params: Params, list: List): List {
  const cursor = params?.cursor ?? undefined
  if (cursor === undefined) return list
  throw invalidParams(`params.cursor ${describeValue(cursor)} is unknown; this list has one page, so omit it`)
}

/** How much of an unknown URI an error repeats, in UTF-16 units. */
const MAX_URI_LENGTH = 1_000

/** Each era has its own number for it, so the transport recognises it by `data.uri`. */
function resourceNotFound(uri: string): RpcError {
  const sentence = `There is no resource ${quoteName(uri)}; resources/list and resources/templates/list list them`
  return new RpcError(RPC.invalidParams, 'not_found', sentence, { uri: oneLine(uri, MAX_URI_LENGTH) })
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

/** MCP's limit for one result. */
const MAX_VALUES = 100

async function complete(definition: ServerDefinition, params: Params) {
  const ref = isObject(params?.ref) ? params.ref : {}
  const argument = isObject(params?.argument) ? params.argument : {}
  const name = requiredText(argument, 'name')
  const prefix = typeof argument.value === 'string' ? argument.value : ''
  const found = await completionsFor(definition, ref, name, prefix)
  const values = found.slice(0, MAX_VALUES)
  // A provider that reaches the limit may have more.
  if (found.length >= MAX_VALUES) return { values, hasMore: true }
  return { values, total: values.length, hasMore: false }
}

function completionsFor(
  definition: ServerDefinition,
  ref: Record<string, unknown>,
  name: string,
  prefix: string,
) {
  if (ref.type === 'ref/prompt') {
    return required(definition.prompts, 'prompts').complete(requiredText(ref, 'name'), name, prefix)
  }
  if (ref.type === 'ref/resource') {
    return required(definition.resources, 'resources').complete(requiredText(ref, 'uri'), name, prefix)
  }
  throw invalidParams(`params.ref.type must be ref/prompt or ref/resource, got ${describeValue(ref.type)}`)
}

function required<T>(provider: T | undefined, kind: string): T {
  if (provider !== undefined) return provider
  throw new RpcError(RPC.methodNotFound, 'not_found', `This server has no ${kind}`)
}
