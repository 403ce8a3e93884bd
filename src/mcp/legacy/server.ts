import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  ResultSchema,
  type ServerCapabilities,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import type { LogFailure } from '../error-result.js'
import type { Call, LogLevel } from '../offer/call.js'
import { answer, isAnswered, noSuchMethod, type Params, toolNamed } from '../offer/methods.js'
import type { Offer } from '../offer/offer.js'
import { RPC, type RpcError, toRpcError } from '../offer/rpc-error.js'
import { type Caller, isAttended } from '../offer/who.js'
import { type Ask, withInput } from './asking.js'
import { executionOf, type Notify, startAsTask, TASKS_CAPABILITY, taskMethod } from './tasks.js'

/** Makes the server for one exchange with a client of 2025-11-25 or older, which answers these kinds of requests. */
export type LegacyServerFactory = (answers: Call['answers']) => Server

/** A person reads and decides. */
const PATIENCE_MS = 30 * 60_000

/**
 * The shell around an offer for revisions up to 2025-11-25, by the SDK 1.x. All that is dear to make is made once;
 * a server is made for each exchange, because a stateless one serves only one.
 */
export function legacyServers(offer: Offer, caller: Caller, log: LogFailure): LegacyServerFactory {
  const jsonSchemaValidator = new AjvJsonSchemaValidator()
  const capabilities = capabilitiesOf(offer)
  const { instructions } = offer
  const tools = [...offer.tools.values()].map((tool) => ({ ...tool.listed, execution: executionOf(tool) }))
  const rename = offer.tasks?.rename ?? ((text: string) => text)
  return (answers) => {
    const server = new Server(offer.server, { capabilities, instructions, jsonSchemaValidator })
    // Takes what the SDK has no handler for. A handler registered by its schema would answer wrong params with the
    // schema library's own list of problems.
    server.fallbackRequestHandler = async ({ method, params }, extra) => {
      const notify: Notify = (name, values) =>
        extra.sendNotification({ method: name, params: values } as ServerNotification)
      const ask: Ask = (request, signal) =>
        extra.sendRequest(request as ServerRequest, ResultSchema, { signal, timeout: PATIENCE_MS })
      const call = callOf({ signal: extra.signal, answers }, params, notify, offer, caller)
      try {
        if (method === 'tools/list') return { ...(await answer(offer, method, params, call)), tools }
        if (method === 'tools/call') return await callTool(offer, params, call, ask)
        const handleTask = taskMethod(offer, method)
        if (handleTask !== undefined) return { ...(await handleTask(params, call, { notify, ask })) }
        if (!isAnswered(offer, method)) throw noSuchMethod(method)
        return { ...(await withInput(call, ask, async (now) => answer(offer, method, params, now))) }
      } catch (error) {
        const place = { what: `method ${method}`, rename, log, aborted: extra.signal.aborted }
        throw asOfThen(toRpcError(error, place))
      }
    }
    return server
  }
}

async function callTool(
  offer: Offer,
  params: Params,
  call: Call,
  ask: Ask,
): Promise<Record<string, unknown>> {
  const tool = toolNamed(offer, params)
  const asTask = await startAsTask(offer, tool, params, call)
  return { ...(asTask ?? (await withInput(call, ask, (now) => tool.call(params?.arguments, now)))) }
}

/** Until 2025-11-25 a resource that is not there has a number of its own. */
function asOfThen(error: RpcError): Error {
  const isMissing = typeof error.data.uri === 'string' && error.data.code === 'not_found'
  return isMissing ? Object.assign(error, { code: RPC.resourceNotFound }) : error
}

function capabilitiesOf(offer: Offer): ServerCapabilities {
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

function callOf(
  { signal, answers }: Pick<Call, 'signal' | 'answers'>,
  params: Params,
  notify: Notify,
  offer: Offer,
  caller: Caller,
): Call {
  const meta = (params?._meta ?? {}) as Record<string, unknown>
  const { progressToken } = meta
  const log = (level: LogLevel, data: unknown) => notify('notifications/message', { level, data })
  return {
    signal,
    answers,
    attended: isAttended(caller, meta),
    ...(typeof progressToken === 'string' || typeof progressToken === 'number'
      ? { progress: (progress) => notify('notifications/progress', { progressToken, ...progress }) }
      : {}),
    ...(offer.logs === true ? { log } : {}),
  }
}
