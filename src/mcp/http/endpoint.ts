import type { IncomingMessage, ServerResponse } from 'node:http'
import { isInitializeRequest, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { isObject } from '../../domain/json.js'
import type { TokenOwner } from '../../http/bearer-token.js'
import { sendError } from '../../http/responses.js'
import type { LogFailure } from '../client-error.js'
import { type LegacyServerFactory, legacyServers } from '../server-2025.js'
import type { ServerDefinition } from '../server-definition.js'
import { LegacyRequests } from './client-requests.js'
import { isPlainlyLegacy } from './era-2025.js'
import { loadedLate } from './lazy.js'
import { validateMessage } from './message-validation.js'
import { abilitiesBy, sessionIdFor } from './session-id.js'
import { LegacyExchange } from './transport.js'

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
 * its call is aborted. What serves the second era is loaded for the first request that may be of it.
 */
export function mcpEndpoint(offers: Record<TokenOwner, ServerDefinition>, log: LogFailure): McpEndpoint {
  const legacy = {
    client: legacyServers(offers.client, 'client', log),
    operator: legacyServers(offers.operator, 'operator', log),
  }
  const requests = new LegacyRequests()
  const modern = loadedLate(async () => {
    const { modernEndpoint } = await import('./endpoint-2026.js')
    return modernEndpoint(offers, log)
  })

  async function handleLegacy(exchange: Parameters<HandleMcp>[0]): Promise<void> {
    const { request, response, body, caller } = exchange
    const wrong = validateMessage(body, request.headers['mcp-protocol-version']?.toString())
    if (wrong !== undefined) return sendError(response, wrong)
    await serveLegacy(legacy[caller], requests, exchange)
  }

  return {
    async handle(exchange) {
      if (isPlainlyLegacy(exchange.request.headers, exchange.body)) return handleLegacy(exchange)
      const isServed = await (await modern.get()).handle(exchange)
      if (!isServed) await handleLegacy(exchange)
    },
    finish: modern.finish,
    close: modern.close,
  }
}

async function serveLegacy(
  createServer: LegacyServerFactory,
  requests: LegacyRequests,
  { request, response, body }: Parameters<HandleMcp>[0],
): Promise<void> {
  const sessionId =
    isObject(body) && body.method === 'initialize' && isInitializeRequest(body)
      ? sessionIdFor(body.params.capabilities)
      : undefined
  const exchange = new LegacyExchange(request, response, { requests, sessionId })
  const { takesStream } = exchange
  const answers = abilitiesBy(request.headers['mcp-session-id']?.toString())
  await createServer({ answers, takesStream }).connect(exchange)
  exchange.deliver(body as JSONRPCMessage | JSONRPCMessage[])
}
