import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { isInitializeRequest, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/server'
import type { LogFailure } from '../mcp/error-result.js'
import { type LegacyServerFactory, legacyServers } from '../mcp/legacy/server.js'
import { abilitiesBy, sessionIdFor } from '../mcp/legacy/session-id.js'
import { readCapabilities } from '../mcp/modern/call.js'
import { listen } from '../mcp/modern/listen.js'
import { modernHandler } from '../mcp/modern/server.js'
import type { Offer } from '../mcp/offer/offer.js'
import { RPC, RpcError, toRpcError } from '../mcp/offer/rpc-error.js'
import { checkMessage } from './check-message.js'
import { eraOf } from './era.js'
import { EventStream } from './event-stream.js'
import type { TokenOwner } from './guard-token.js'
import { answerJson, answerRefusal } from './json-answer.js'
import { LegacyExchange } from './legacy-exchange.js'
import { LegacyRequests } from './legacy-requests.js'

/** Serves one POST to /mcp whose sender is known and whose headers have been checked. */
export type HandleMcp = (exchange: {
  request: IncomingMessage
  response: ServerResponse
  body: unknown
  caller: TokenOwner
}) => Promise<void>

export interface McpEndpoint {
  handle: HandleMcp
  /** Ends what lasts (subscriptions) in the way that clients understand. */
  close(): Promise<void>
}

const MOST_SUBSCRIPTIONS = 256
const TOO_MANY = new RpcError(
  RPC.internal,
  'internal',
  `${MOST_SUBSCRIPTIONS} subscriptions are open, which is as many as there can be; close one that is not needed`,
)

/**
 * MCP over Streamable HTTP without sessions, for all revisions on one endpoint: nothing is kept between two requests,
 * so a daemon that was restarted in between goes on where a connected client is. When the client goes away the wait of
 * its call is aborted.
 */
export function mcpEndpoint(offers: Record<TokenOwner, Offer>, log: LogFailure): McpEndpoint {
  const doors = {
    client: door(offers.client, 'client', log),
    operator: door(offers.operator, 'operator', log),
  }
  const subscriptions = new Set<() => void>()
  const requests = new LegacyRequests()

  async function subscribe(exchange: Parameters<HandleMcp>[0], message: ListenMessage): Promise<void> {
    const { response, caller } = exchange
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const { id, params } = message
    try {
      if (subscriptions.size >= MOST_SUBSCRIPTIONS) throw TOO_MANY
      const client = readCapabilities(params?._meta?.[CLIENT_CAPABILITIES_META_KEY])
      const openSink = () => new EventStream(response)
      const { finish } = await listen(offers[caller], { id, params, client }, openSink, gone.signal)
      subscriptions.add(finish)
      response.once('close', () => subscriptions.delete(finish))
    } catch (error) {
      const place = { what: 'subscriptions/listen', rename: (text: string) => text, log, aborted: false }
      const { code, message: sentence, data } = toRpcError(error, place)
      answerJson(response, 400, { jsonrpc: '2.0', id, error: { code, message: sentence, data } })
    }
  }

  return {
    async handle(exchange) {
      const { request, response, body, caller } = exchange
      const era = eraOf(request.headers, body)
      if (era.is === 'legacy') {
        const wrong = checkMessage(body, request.headers['mcp-protocol-version']?.toString())
        if (wrong !== undefined) return answerRefusal(response, wrong)
        await serveLegacy(doors[caller].legacy, requests, exchange)
      } else if (era.is === 'subscription') await subscribe(exchange, era.message)
      else await doors[caller].modern(request as NodeRequest, response, body)
    },
    async close() {
      for (const finish of subscriptions) finish()
      await Promise.all([doors.client.close(), doors.operator.close()])
    },
  }
}

/** The package's own type does not agree with Node's under exactOptionalPropertyTypes. */
type NodeRequest = Parameters<ReturnType<typeof toNodeHandler>>[0]

interface ListenMessage {
  id: string | number
  params?: { _meta?: Record<string, unknown> } & Record<string, unknown>
}

function door(offer: Offer, caller: TokenOwner, log: LogFailure) {
  const modern = modernHandler(offer, caller, log)
  return {
    legacy: legacyServers(offer, caller, log),
    modern: toNodeHandler(modern, { onerror: (error) => log('MCP over HTTP', error) }),
    close: () => modern.close(),
  }
}

async function serveLegacy(
  createServer: LegacyServerFactory,
  requests: LegacyRequests,
  { request, response, body }: Parameters<HandleMcp>[0],
): Promise<void> {
  const messages = body as JSONRPCMessage | JSONRPCMessage[]
  const server = createServer(abilitiesBy(request.headers['mcp-session-id']?.toString()))
  const sessionId = isInitializeRequest(body) ? sessionIdFor(body.params.capabilities) : undefined
  const exchange = new LegacyExchange(request, response, { requests, sessionId })
  await server.connect(exchange)
  exchange.deliver(messages)
}
