import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import type { TokenOwner } from '../../http/bearer-token.js'
import type { LogFailure } from '../client-error.js'
import { modernHandler } from '../server-2026.js'
import type { ServerDefinition } from '../server-definition.js'
import type { HandleMcp } from './endpoint.js'
import { eraOf } from './era.js'
import { createSubscriptions } from './subscriptions.js'

/** What serves the second era of MCP. */
export interface ModernEndpoint {
  /** False, and nothing is done, where the request is of the first era after all. */
  handle(exchange: Parameters<HandleMcp>[0]): Promise<boolean>
  /** Ends subscriptions, and takes no more. */
  finish(): void
  close(): Promise<void>
}

export function modernEndpoint(
  offers: Record<TokenOwner, ServerDefinition>,
  log: LogFailure,
): ModernEndpoint {
  const doors = {
    client: door(offers.client, 'client', log),
    operator: door(offers.operator, 'operator', log),
  }
  const subscriptions = createSubscriptions(offers, log)
  return {
    async handle({ request, response, body, caller }) {
      const era = eraOf(request.headers, body)
      if (era.is === 'legacy') return false
      if (era.is === 'subscription') await subscriptions.open(response, caller, era.message)
      else await doors[caller].serve(request, response, body)
      return true
    },
    finish: () => subscriptions.finish(),
    async close() {
      await Promise.all([doors.client.close(), doors.operator.close()])
    },
  }
}

function door(offer: ServerDefinition, caller: TokenOwner, log: LogFailure) {
  const handler = modernHandler(offer, caller, log)
  return {
    // The body is handed on as it was read: the package would write it as JSON again, and fail at a deep one.
    serve: (request: IncomingMessage, response: ServerResponse, parsedBody: unknown) => {
      const fetch = (asked: Request) => handler.fetch(asked, { parsedBody })
      const onerror = (error: Error) => log('MCP over HTTP', error)
      return toNodeHandler({ fetch }, { onerror })(request as NodeRequest, response)
    },
    close: () => handler.close(),
  }
}

/** The package's own type does not agree with Node's under exactOptionalPropertyTypes. */
type NodeRequest = Parameters<ReturnType<typeof toNodeHandler>>[0]
