import {
  createMcpHandler,
  type McpHttpHandler,
  ProtocolError,
  Server,
  type ServerCapabilities,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'
import { z } from 'zod'
import { RPC } from '../domain/errors.js'
import { type Call, type InputRequired, isInputRequired } from './call.js'
import { callOf } from './call-2026.js'
import type { Caller } from './caller.js'
import { capabilityFor } from './client-capabilities.js'
import type { LogFailure } from './client-error.js'
import { answer, isAnswered, type Params, toolNamed } from './methods.js'
import { RpcError, toRpcError } from './rpc-error.js'
import type { ServerDefinition } from './server-definition.js'
import { demandTasks, startAsTask, TASK_METHODS, TASKS_EXTENSION, type TaskCall } from './tasks-2026.js'
import { mcpWording } from './wording.js'

/** How long a client may keep a list or the discovery, ms: what they tell changes with a restart only. */
const LISTS_TTL_MS = 300_000
const CACHED: readonly string[] = ['tools/list', 'prompts/list', 'resources/templates/list']
/** The answers depend on the token. */
const CACHE_SCOPE = 'private'

/**
 * The shell around an offer for the revision 2026-07-28, by the SDK 2.x: a handler of web-standard requests, each
 * served by a server of its own. It checks headers and envelopes, and answers server/discover.
 */
export function modernHandler(offer: ServerDefinition, caller: Caller, log: LogFailure): McpHttpHandler {
  const jsonSchemaValidator = new AjvJsonSchemaValidator()
  const capabilities = capabilitiesOf(offer)
  const hint = { ttlMs: LISTS_TTL_MS, cacheScope: CACHE_SCOPE } as const
  const options = {
    capabilities,
    instructions: offer.instructions,
    jsonSchemaValidator,
    cacheHints: { 'server/discover': hint },
  }
  const serve = serving(offer, caller, log)
  return createMcpHandler(
    ({ requestInfo }) => {
      const server = new Server(offer.server, options)
      const method = requestInfo?.headers.get('mcp-method') ?? ''
      // Without a handler the SDK itself answers that there is no such method, with the status that HTTP wants then.
      // The SDK's own checks of tools/call would not let a task pass, so none of its typed handlers are used.
      if (method === 'tools/call' || isAnswered(offer, method)) {
        server.fallbackRequestHandler = (request, context) => serve(request.method, request.params, context)
      }
      if (offer.tasks !== undefined && Object.hasOwn(TASK_METHODS, method)) {
        server.setRequestHandler(method, { params: z.looseObject({}) }, (params, context) =>
          serve(method, params, context),
        )
      }
      return server
    },
    { legacy: 'reject', onerror: (error) => isRefusal(error) || log('MCP of 2026-07-28', error) },
  )
}

/** What the SDK tells of a request that it refuses is no failure of ours. */
function isRefusal(error: Error): boolean {
  return error instanceof ProtocolError || error.message.startsWith('Rejected inbound request')
}

type Serve = (method: string, params: Params, context: ServerContext) => Promise<Record<string, unknown>>

function serving(offer: ServerDefinition, caller: Caller, log: LogFailure): Serve {
  const wording = mcpWording(offer.tool)
  return async (method, params, context) => {
    try {
      const call = callOf(context, offer, caller)
      return cached(method, await serveOne(offer, method, params, call))
    } catch (error) {
      throw toRpcError(error, {
        what: `method ${method}`,
        wording,
        log,
        aborted: context.mcpReq.signal.aborted,
      })
    }
  }
}

async function serveOne(
  offer: ServerDefinition,
  method: string,
  params: Params,
  call: TaskCall,
): Promise<Record<string, unknown>> {
  const taskMethod = Object.hasOwn(TASK_METHODS, method) ? TASK_METHODS[method] : undefined
  if (taskMethod !== undefined && offer.tasks !== undefined) {
    demandTasks(call)
    return { ...(await taskMethod(offer.tasks, params, call)) }
  }
  const result =
    method === 'tools/call' ? await callTool(offer, params, call) : await answer(offer, method, params, call)
  return isInputRequired(result) ? asked(result, call) : { ...result }
}

async function callTool(
  offer: ServerDefinition,
  params: Params,
  call: TaskCall,
): Promise<object | InputRequired> {
  const tool = toolNamed(offer, params)
  return (await startAsTask(offer, tool, params, call)) ?? tool.call(params?.arguments, call)
}

function cached(method: string, result: Record<string, unknown>): Record<string, unknown> {
  if (CACHED.includes(method)) {
    return { ttlMs: LISTS_TTL_MS, cacheScope: CACHE_SCOPE, ...result }
  }
  return result
}

/** A client must not be asked what it has not said that it answers. */
function asked(result: InputRequired, call: Call): Record<string, unknown> {
  for (const request of Object.values(result.inputRequests ?? {})) {
    const needed = capabilityFor(request)
    if (needed === undefined || call.clientCapabilities.has(needed)) continue
    const sentence = `The answer needs ${request.method}, for which the client must declare the capability ${needed}`
    throw new RpcError(RPC.missingClientCapability, 'invalid_input', sentence, {
      requiredCapabilities: { [needed]: {} },
    })
  }
  return { resultType: 'input_required', ...result }
}

function capabilitiesOf(offer: ServerDefinition): ServerCapabilities {
  const completes = offer.resources !== undefined || offer.prompts !== undefined
  return {
    tools: {},
    ...(offer.resources === undefined
      ? {}
      : { resources: { subscribe: offer.resources.watch !== undefined } }),
    ...(offer.prompts === undefined ? {} : { prompts: {} }),
    ...(completes ? { completions: {} } : {}),
    ...(offer.logs === true ? { logging: {} } : {}),
    ...(offer.tasks === undefined ? {} : { extensions: { [TASKS_EXTENSION]: {} } }),
  }
}
