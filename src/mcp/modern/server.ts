import {
  CLIENT_CAPABILITIES_META_KEY,
  createMcpHandler,
  LOG_LEVEL_META_KEY,
  type McpHttpHandler,
  Server,
  type ServerCapabilities,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'
import { z } from 'zod'
import { type Call, type InputRequired, isInputRequired, type LogLevel } from '../call.js'
import type { LogFailure } from '../error-result.js'
import { answer, isAnswered, type Params, toolNamed } from '../methods.js'
import type { Offer } from '../offer.js'
import { RPC, RpcError, toRpcError } from '../rpc-error.js'
import { type Caller, isAttended } from '../who.js'
import { demandTasks, startAsTask, TASK_METHODS, TASKS_EXTENSION, type TaskCall } from './tasks.js'

/** How long a client may keep a list or the discovery, ms: what they tell changes with a restart only. */
const LISTS_TTL_MS = 300_000
const CACHED = ['tools/list', 'prompts/list', 'resources/templates/list', 'server/discover'] as const
/** The answers depend on the token. */
const CACHE_SCOPE = 'private'

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const

/**
 * The shell around an offer for the revision 2026-07-28, by the SDK 2.x: a handler of web-standard requests, each
 * served by a server of its own. It checks headers and envelopes, and answers server/discover.
 */
export function modernHandler(offer: Offer, caller: Caller, log: LogFailure): McpHttpHandler {
  const jsonSchemaValidator = new AjvJsonSchemaValidator()
  const capabilities = capabilitiesOf(offer)
  const hint = { ttlMs: LISTS_TTL_MS, cacheScope: CACHE_SCOPE } as const
  const options = {
    capabilities,
    instructions: offer.instructions,
    jsonSchemaValidator,
    cacheHints: { 'server/discover': hint },
  }
  return createMcpHandler(
    ({ requestInfo }) => {
      const server = new Server(offer.server, options)
      const serve = serving(offer, caller, log)
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
    { legacy: 'reject', onerror: (error) => log('MCP of 2026-07-28', error) },
  )
}

type Serve = (method: string, params: Params, context: ServerContext) => Promise<Record<string, unknown>>

function serving(offer: Offer, caller: Caller, log: LogFailure): Serve {
  const rename = offer.tasks?.rename ?? ((text: string) => text)
  return async (method, params, context) => {
    try {
      const call = callOf(context, offer, caller)
      const result = await serveOne(offer, method, params, call)
      return isInputRequired(result) ? asked(result, call) : cached(method, { ...result })
    } catch (error) {
      throw toRpcError(error, {
        what: `method ${method}`,
        rename,
        log,
        aborted: context.mcpReq.signal.aborted,
      })
    }
  }
}

async function serveOne(
  offer: Offer,
  method: string,
  params: Params,
  call: TaskCall,
): Promise<object | InputRequired> {
  if (method === 'tools/call') {
    const tool = toolNamed(offer, params)
    return (await startAsTask(offer, tool, params, call)) ?? tool.call(params?.arguments, call)
  }
  const taskMethod = Object.hasOwn(TASK_METHODS, method) ? TASK_METHODS[method] : undefined
  if (taskMethod === undefined || offer.tasks === undefined) return answer(offer, method, params, call)
  demandTasks(call)
  return taskMethod(offer.tasks, params, call)
}

function cached(method: string, result: Record<string, unknown>): Record<string, unknown> {
  if ((CACHED as readonly string[]).includes(method)) {
    return { ttlMs: LISTS_TTL_MS, cacheScope: CACHE_SCOPE, ...result }
  }
  return result
}

const CAPABILITY_OF: Readonly<Record<string, 'elicitation' | 'sampling' | 'roots'>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
}

/** A client must not be asked what it has not said that it answers. */
function asked(result: InputRequired, call: Call): Record<string, unknown> {
  for (const { method } of Object.values(result.inputRequests ?? {})) {
    const needed = CAPABILITY_OF[method]
    if (needed === undefined || call.answers.has(needed)) continue
    const sentence = `The answer needs ${method}, for which the client must declare the capability ${needed}`
    throw new RpcError(RPC.missingClientCapability, 'invalid_input', sentence, {
      requiredCapabilities: { [needed]: {} },
    })
  }
  return { resultType: 'input_required', ...result }
}

function capabilitiesOf(offer: Offer): ServerCapabilities {
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

function callOf({ mcpReq }: ServerContext, offer: Offer, caller: Caller): TaskCall {
  const meta = (mcpReq._meta ?? {}) as Record<string, unknown>
  const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>
  const { answers, knowsTasks } = readCapabilities(envelope[CLIENT_CAPABILITIES_META_KEY])
  const { progressToken } = meta
  const { inputResponses } = mcpReq
  const requestState = mcpReq.requestState()
  const threshold = LEVELS.indexOf(envelope[LOG_LEVEL_META_KEY] as LogLevel)
  const log = async (level: LogLevel, data: unknown) => {
    if (LEVELS.indexOf(level) < threshold) return
    await mcpReq.notify({ method: 'notifications/message', params: { level, data } })
  }
  return {
    signal: mcpReq.signal,
    attended: isAttended(caller, meta),
    answers,
    knowsTasks,
    ...(typeof progressToken === 'string' || typeof progressToken === 'number'
      ? {
          progress: (progress) =>
            mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...progress } }),
        }
      : {}),
    ...(offer.logs === true && threshold >= 0 ? { log } : {}),
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(typeof requestState === 'string' ? { requestState } : {}),
  }
}

/** What a request's client capabilities say of it. */
export function readCapabilities(capabilities: unknown): Pick<TaskCall, 'answers' | 'knowsTasks'> {
  const declared = (typeof capabilities === 'object' ? capabilities : null) ?? {}
  const { extensions } = declared as { extensions?: Record<string, unknown> }
  const kinds = (['elicitation', 'sampling', 'roots'] as const).filter((kind) => kind in declared)
  return { answers: new Set(kinds), knowsTasks: extensions?.[TASKS_EXTENSION] !== undefined }
}
