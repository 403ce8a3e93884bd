import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { LogFailure } from '../../domain/errors.js'
import type { Caller } from '../../domain/service.js'
import { sendError } from '../../http/responses.js'
import type { McpRequest } from '../../http/router.js'
import type { ServerDefinition } from '../definition.js'
import { isRejectedRequest, type ServerFactory, serverFactory } from '../server-factory.js'
import { ClientRequests } from './client-requests.js'
import { eraOf } from './era.js'
import { parseMessages, protocolVersionError } from './message-validation.js'
import { capabilitiesOfSession, sessionIdFor } from './session-id.js'
import { createSubscriptions } from './subscriptions.js'
import { ExchangeTransport } from './transport.js'

export interface McpEndpoint {
  /** Serves one POST whose token and headers have been validated. */
  handle(request: McpRequest): Promise<void>
  /**
   * Ends subscriptions in the way that clients understand. Any other request is answered as soon as its wait ends, and
   * new ones are served as long as the listener accepts them.
   */
  finish(): void
  /** Closes what is not answered yet. */
  close(): Promise<void>
}

/**
 * MCP over Streamable HTTP without sessions, for both eras on one endpoint: nothing is kept between two requests, so
 * a client does not notice a restart of the daemon between them. When a client goes away, the wait of its call is
 * aborted.
 */
export function mcpEndpoint(definitions: Record<Caller, ServerDefinition>, log: LogFailure): McpEndpoint {
  const factories = {
    client: serverFactory(definitions.client, 'client', log),
    operator: serverFactory(definitions.operator, 'operator', log),
  }
  const requests = new ClientRequests()
  const handlers = {
    client: handler2026(factories.client, log),
    operator: handler2026(factories.operator, log),
  }
  const subscriptions = createSubscriptions(definitions, log)

  return {
    async handle(request) {
      const { caller } = request
      const era = eraOf(request.request.headers, request.body)
      if (era.era === '2025') await serve2025(factories[caller], requests, request)
      else if (era.era === '2026') await handlers[caller].serve(request)
      else await subscriptions.open(request.response, caller, era.message)
    },
    finish: subscriptions.finish,
    async close() {
      await Promise.all([handlers.client.close(), handlers.operator.close()])
    },
  }
}

async function serve2025(
  factory: ServerFactory,
  requests: ClientRequests,
  { request, response, body }: McpRequest,
): Promise<void> {
  const { headers } = request
  const parsed = parseMessages(body)
  if ('error' in parsed) return sendError(response, parsed.error)
  const { messages, initialize } = parsed
  const versionError = initialize === undefined ? protocolVersionError(headers) : undefined
  if (versionError !== undefined) return sendError(response, versionError)
  const sessionId = initialize && sessionIdFor(initialize.params.capabilities)
  const exchange = new ExchangeTransport(request, response, { requests, sessionId })
  const capabilities = capabilitiesOfSession(headers['mcp-session-id']?.toString())
  await factory.for2025({ capabilities, acceptsStream: exchange.acceptsStream }).connect(exchange)
  exchange.deliver(messages, { isBatch: Array.isArray(body) })
}

/** The SDK's handler of web-standard requests; it validates headers and envelopes, and answers server/discover. */
function handler2026(factory: ServerFactory, log: LogFailure) {
  const handler = createMcpHandler(
    ({ requestInfo }) => factory.for2026(requestInfo?.headers.get('mcp-method') ?? ''),
    { legacy: 'reject', onerror: (error) => isRejectedRequest(error) || log('MCP of 2026-07-28', error) },
  )
  return {
    serve({ request, response, body }: McpRequest): Promise<void> {
      // The body is passed as it was parsed: the adapter would serialize it again, and fail at a deep one.
      const fetch = (webRequest: Request) => handler.fetch(webRequest, { parsedBody: body })
      const onerror = (error: Error) => log('MCP over HTTP', error)
      return toNodeHandler({ fetch }, { onerror })(request as NodeRequest, response)
    },
    close: () => handler.close(),
  }
}

/** The adapter's own type does not agree with Node's under exactOptionalPropertyTypes. */
type NodeRequest = Parameters<ReturnType<typeof toNodeHandler>>[0]
