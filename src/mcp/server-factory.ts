import {
  ProtocolError,
  Server,
  type ServerCapabilities,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'
import { z } from 'zod'
import { type LogFailure, RPC } from '../domain/errors.js'
import type { Caller } from '../domain/service.js'
import { type Call, type InputRequired, isInputRequired } from './call.js'
import { type Client2025, call2025 } from './call-2025.js'
import { type Call2026, call2026, TASKS_EXTENSION } from './call-2026.js'
import { capabilityFor } from './client-capabilities.js'
import type { ServerDefinition } from './definition.js'
import { findTool, handleRequest, handlesMethod, methodNotFound, type Params, singlePage } from './methods.js'
import { RpcError, toRpcError } from './rpc-error.js'
import { callAsTask2025, handleTaskMethod2025, TASKS_CAPABILITY, taskSupportOf } from './tasks-2025.js'
import { callAsTask2026, handleTaskMethod2026, isTaskMethod2026 } from './tasks-2026.js'
import { mcpWording } from './wording.js'

/** Makes the SDK's server for one request: it keeps nothing, so the next request can go to another daemon. */
export interface ServerFactory {
  /** For a request of a revision up to 2025-11-25. */
  for2025(client: Client2025): Server
  /** For a request of 2026-07-28 with this method. */
  for2026(method: string): Server
}

/** How long a client may cache lists and the discovery, ms: they change only with a restart. */
const LISTS_TTL_MS = 300_000
/** Results depend on the token. */
const CACHE_HINT = { ttlMs: LISTS_TTL_MS, cacheScope: 'private' } as const
const CACHED_METHODS: readonly string[] = ['tools/list', 'prompts/list', 'resources/templates/list']

/**
 * One definition, served in both eras of MCP by the SDK's server. All requests go to `fallbackRequestHandler`: a handler
 * registered for a method would answer wrong params with the schema library's own list of problems, and its check of
 * tools/call would not let a task pass. What is expensive to create is created once, here.
 */
export function serverFactory(definition: ServerDefinition, caller: Caller, log: LogFailure): ServerFactory {
  const { server: info, instructions, tasks, sendsLogs = false } = definition
  const wording = mcpWording(definition.tool)
  const jsonSchemaValidator = new AjvJsonSchemaValidator()
  const options2025 = { capabilities: capabilities2025(definition), instructions, jsonSchemaValidator }
  const options2026 = {
    capabilities: capabilities2026(definition),
    instructions,
    jsonSchemaValidator,
    cacheHints: { 'server/discover': CACHE_HINT },
  }
  const tools2025 = [...definition.tools.values()].map((tool) => ({
    ...tool.listed,
    execution: { taskSupport: taskSupportOf(tool) },
  }))

  async function guarded(method: string, { mcpReq }: ServerContext, handle: () => Promise<object>) {
    try {
      return { ...(await handle()) }
    } catch (error) {
      throw toRpcError(error, { what: `method ${method}`, wording, log, aborted: mcpReq.signal.aborted })
    }
  }

  async function handle2025(method: string, params: Params, call: Call, { mcpReq }: ServerContext) {
    if (method === 'tools/list') return singlePage(params, { tools: tools2025 })
    if (method === 'tools/call') {
      const tool = findTool(definition, params)
      const asTask = await callAsTask2025(definition, tool, params, call)
      return asTask ?? withoutInput(await tool.call(params?.arguments, call))
    }
    const result =
      tasks && (await handleTaskMethod2025(tasks, method, params, { call, notify: mcpReq.notify }))
    if (result !== undefined) return result
    if (!handlesMethod(definition, method)) throw methodNotFound(method)
    return withoutInput(await handleRequest(definition, method, params, call))
  }

  async function handle2026(method: string, params: Params, call: Call2026) {
    if (tasks && isTaskMethod2026(method)) return handleTaskMethod2026(tasks, method, params, call)
    if (method !== 'tools/call') {
      const result = await handleRequest(definition, method, params, call)
      if (isInputRequired(result)) return inputRequired(result, call)
      return CACHED_METHODS.includes(method) ? { ...CACHE_HINT, ...result } : result
    }
    const tool = findTool(definition, params)
    const result =
      (await callAsTask2026(definition, tool, params, call)) ?? (await tool.call(params?.arguments, call))
    return isInputRequired(result) ? inputRequired(result, call) : result
  }

  return {
    for2025(client) {
      const server = new Server(info, options2025)
      server.fallbackRequestHandler = ({ method, params }, context) =>
        guarded(method, context, () =>
          handle2025(method, params, call2025(context, client, { caller, sendsLogs }), context),
        )
      return server
    },

    for2026(method) {
      const server = new Server(info, options2026)
      const handle = (params: Params, context: ServerContext) =>
        guarded(method, context, () => handle2026(method, params, call2026(context, { caller, sendsLogs })))
      // Without a handler the SDK itself replies that there is no such method, with the HTTP status that fits.
      if (method === 'tools/call' || handlesMethod(definition, method)) {
        server.fallbackRequestHandler = (request, context) => handle(request.params, context)
      }
      if (tasks !== undefined && isTaskMethod2026(method)) {
        server.setRequestHandler(method, { params: z.looseObject({}) }, handle)
      }
      return server
    },
  }
}

/** Whether the SDK reports a request that it refused, which is no failure of ours. */
export function isRejectedRequest(error: Error): boolean {
  return error instanceof ProtocolError || error.message.startsWith('Rejected inbound request')
}

/** Up to 2025-11-25 a result cannot ask. */
function withoutInput(result: object): object {
  if (!isInputRequired(result)) return result
  const sentence = 'The result needs input from the user, which this client does not declare to support'
  throw new RpcError(RPC.invalidRequest, 'invalid_input', sentence)
}

/** A result that asks, if the client declares that it supports all that is asked. */
function inputRequired(result: InputRequired, { clientCapabilities }: Call): object {
  for (const request of Object.values(result.inputRequests ?? {})) {
    const capability = capabilityFor(request)
    if (capability === undefined || clientCapabilities.has(capability)) continue
    const sentence = `The result needs ${request.method}, for which the client must declare the capability ${capability}`
    throw new RpcError(RPC.missingClientCapability, 'invalid_input', sentence, {
      requiredCapabilities: { [capability]: {} },
    })
  }
  return { resultType: 'input_required', ...result }
}

function capabilities2025(definition: ServerDefinition): ServerCapabilities {
  return {
    ...sharedCapabilities(definition),
    ...(definition.resources === undefined ? {} : { resources: {} }),
    ...(definition.tasks === undefined ? {} : { tasks: TASKS_CAPABILITY }),
  }
}

function capabilities2026(definition: ServerDefinition): ServerCapabilities {
  const { resources, tasks } = definition
  return {
    ...sharedCapabilities(definition),
    ...(resources === undefined ? {} : { resources: { subscribe: resources.watch !== undefined } }),
    ...(tasks === undefined ? {} : { extensions: { [TASKS_EXTENSION]: {} } }),
  }
}

function sharedCapabilities({ resources, prompts, sendsLogs }: ServerDefinition): ServerCapabilities {
  return {
    tools: {},
    ...(prompts === undefined ? {} : { prompts: {} }),
    ...(resources === undefined && prompts === undefined ? {} : { completions: {} }),
    ...(sendsLogs === true ? { logging: {} } : {}),
  }
}
