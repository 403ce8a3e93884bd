import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  ResultSchema,
  type ServerCapabilities,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import { RPC } from '../domain/errors.js'
import { askBy, type Send } from './ask-2025.js'
import { type Call, isInputRequired, type LogLevel } from './call.js'
import { type Caller, isAttended } from './caller.js'
import type { LogFailure } from './client-error.js'
import { answer, isAnswered, noSuchMethod, onePage, type Params, toolNamed } from './methods.js'
import { RpcError, toRpcError } from './rpc-error.js'
import type { ServerDefinition } from './server-definition.js'
import { executionOf, type Notify, startAsTask, TASKS_CAPABILITY, taskMethod } from './tasks-2025.js'
import { mcpWording } from './wording.js'

/** What can be said to a client of 2025-11-25 or older while its call is answered. */
export interface LegacyClient {
  /** What it can be asked for. */
  answers: Call['clientCapabilities']
  /** Something can be told and asked before the answer. */
  takesStream: boolean
}

/** Makes the server for one exchange with such a client. */
export type LegacyServerFactory = (client: LegacyClient) => Server

/**
 * The shell around an offer for revisions up to 2025-11-25, by the SDK 1.x. All that is dear to make is made once;
 * a server is made for each exchange, because a stateless one serves only one.
 */
export function legacyServers(offer: ServerDefinition, caller: Caller, log: LogFailure): LegacyServerFactory {
  const jsonSchemaValidator = new AjvJsonSchemaValidator()
  const capabilities = capabilitiesOf(offer)
  const { instructions } = offer
  const tools = [...offer.tools.values()].map((tool) => ({ ...tool.listed, execution: executionOf(tool) }))
  const wording = mcpWording(offer.tool)
  return (client) => {
    const server = new Server(offer.server, { capabilities, instructions, jsonSchemaValidator })
    // Takes what the SDK has no handler for. A handler registered by its schema would answer wrong params with the
    // schema library's own list of problems.
    server.fallbackRequestHandler = async ({ method, params }, extra) => {
      const notify: Notify = (name, values) =>
        extra.sendNotification({ method: name, params: values } as ServerNotification)
      const send: Send = (request, options) =>
        extra.sendRequest(request as ServerRequest, ResultSchema, options)
      const call = {
        ...callOf(extra.signal, params, caller),
        ...(client.takesStream ? asidesOf(client, params, { notify, send, logs: offer.logs === true }) : {}),
      }
      try {
        if (method === 'tools/list') return onePage(params, { tools })
        if (method === 'tools/call') return await callTool(offer, params, call)
        const handleTask = taskMethod(offer, method)
        if (handleTask !== undefined) return { ...(await handleTask(params, call, notify)) }
        if (!isAnswered(offer, method)) throw noSuchMethod(method)
        return toResult(await answer(offer, method, params, call))
      } catch (error) {
        const place = { what: `method ${method}`, wording, log, aborted: extra.signal.aborted }
        throw asOfThen(toRpcError(error, place))
      }
    }
    return server
  }
}

async function callTool(
  offer: ServerDefinition,
  params: Params,
  call: Call,
): Promise<Record<string, unknown>> {
  const tool = toolNamed(offer, params)
  return toResult(
    (await startAsTask(offer, tool, params, call)) ?? (await tool.call(params?.arguments, call)),
  )
}

/** These revisions have no results that ask. */
function toResult(result: object): Record<string, unknown> {
  if (!isInputRequired(result)) return { ...result }
  const sentence = 'The answer needs input from the user, which this client did not say that it gives'
  throw new RpcError(RPC.invalidRequest, 'invalid_input', sentence)
}

/** Until 2025-11-25 a resource that is not there has a number of its own. */
function asOfThen(error: RpcError): Error {
  const isMissing = typeof error.data.uri === 'string' && error.data.code === 'not_found'
  return isMissing ? Object.assign(error, { code: RPC.resourceNotFound }) : error
}

function capabilitiesOf(offer: ServerDefinition): ServerCapabilities {
  const completes = offer.resources !== undefined || offer.prompts !== undefined
  return {
    tools: {},
    ...(offer.resources === undefined ? {} : { resources: {} }),
    ...(offer.prompts === undefined ? {} : { prompts: {} }),
    ...(completes ? { completions: {} } : {}),
    ...(offer.logs === true ? { logging: {} } : {}),
    ...(offer.tasks === undefined ? {} : { tasks: TASKS_CAPABILITY }),
  }
}

function callOf(signal: AbortSignal, params: Params, caller: Caller): Call {
  return { signal, attended: isAttended(caller, metaOf(params)), clientCapabilities: NOTHING }
}

const NOTHING: Call['clientCapabilities'] = new Set()

/** What can be told and asked in the stream of the call. */
function asidesOf(
  { answers }: LegacyClient,
  params: Params,
  { notify, send, logs }: { notify: Notify; send: Send; logs: boolean },
): Pick<Call, 'clientCapabilities' | 'ask' | 'progress' | 'log'> {
  const { progressToken } = metaOf(params)
  const hasToken = typeof progressToken === 'string' || typeof progressToken === 'number'
  const ask = askBy(send, answers)
  const log = (level: LogLevel, data: unknown) => notify('notifications/message', { level, data })
  return {
    clientCapabilities: answers,
    ...(ask === undefined ? {} : { ask }),
    ...(hasToken
      ? { progress: (progress) => notify('notifications/progress', { progressToken, ...progress }) }
      : {}),
    ...(logs ? { log } : {}),
  }
}

function metaOf(params: Params): Record<string, unknown> {
  return (params?._meta ?? {}) as Record<string, unknown>
}
