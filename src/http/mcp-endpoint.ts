import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { isInitializeRequest, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { type LegacyServerFactory, legacyServers } from '../mcp/legacy/server.js'
import { abilitiesBy, sessionIdFor } from '../mcp/legacy/session-id.js'
import { modernHandler } from '../mcp/modern/server.js'
import type { Offer } from '../mcp/offer/offer.js'
import type { LogFailure } from '../mcp/refusal.js'
import { checkMessage } from './check-message.js'
import { eraOf } from './era.js'
import type { TokenOwner } from './guard-token.js'
import { answerRefusal } from './json-answer.js'
import { LegacyExchange } from './legacy-exchange.js'
import { LegacyRequests } from './legacy-requests.js'
import { createSubscriptions } from './subscriptions.js'

/** Serves one POST to /mcp whose sender is known and whose headers have been checked. */
export type HandleMcp = (exchange: {
  request: IncomingMessage
  response: ServerResponse
  body: unknown
  caller: TokenOwner
}) => Promise<void>

export interface McpEndpoint {
  handle: HandleMcp
  /**
   * Ends what lasts (subscriptions) in the way that clients understand. Whatever else is under way is answered as soon
   * as its wait ends; what comes now is served as long as somebody listens.
   */
  finish(): void
  /** Lets go of everything, also of what is not answered yet. */
  close(): Promise<void>
}

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
  const subscriptions = createSubscriptions(offers, log)
  const requests = new LegacyRequests()
  return {
    async handle(exchange) {
      const { request, response, body, caller } = exchange
      const era = eraOf(request.headers, body)
      if (era.is === 'legacy') {
        const wrong = checkMessage(body, request.headers['mcp-protocol-version']?.toString())
        if (wrong !== undefined) return answerRefusal(response, wrong)
        await serveLegacy(doors[caller].legacy, requests, exchange)
      } else if (era.is === 'subscription') await subscriptions.open(response, caller, era.message)
      else await doors[caller].modern(request, response, body)
    },
    finish: () => subscriptions.finish(),
    async close() {
      await Promise.all([doors.client.close(), doors.operator.close()])
    },
  }
}

function door(offer: Offer, caller: TokenOwner, log: LogFailure) {
  const handler = modernHandler(offer, caller, log)
  return {
    legacy: legacyServers(offer, caller, log),
    // The body is handed on as it was read: the package would write it as JSON again, and fail at a deep one.
    modern: (request: IncomingMessage, response: ServerResponse, parsedBody: unknown) => {
      const fetch = (asked: Request) => handler.fetch(asked, { parsedBody })
      const onerror = (error: Error) => log('MCP over HTTP', error)
      return toNodeHandler({ fetch }, { onerror })(request as NodeRequest, response)
    },
    close: () => handler.close(),
  }
}

/** The package's own type does not agree with Node's under exactOptionalPropertyTypes. */
type NodeRequest = Parameters<ReturnType<typeof toNodeHandler>>[0]

async function serveLegacy(
  createServer: LegacyServerFactory,
  requests: LegacyRequests,
  { request, response, body }: Parameters<HandleMcp>[0],
): Promise<void> {
  const sessionId = isInitializeRequest(body) ? sessionIdFor(body.params.capabilities) : undefined
  const exchange = new LegacyExchange(request, response, { requests, sessionId })
  const { takesStream } = exchange
  const answers = abilitiesBy(request.headers['mcp-session-id']?.toString())
  await createServer({ answers, takesStream }).connect(exchange)
  exchange.deliver(body as JSONRPCMessage | JSONRPCMessage[])
}
