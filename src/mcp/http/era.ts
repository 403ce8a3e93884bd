import type { IncomingHttpHeaders } from 'node:http'
import { classifyInboundRequest } from '@modelcontextprotocol/server'

const FIRST_REVISION = '2026-07-28'
const SUBSCRIBE = 'subscriptions/listen'

/** The rules by which a POST is served; a subscription of 2026 is its own case, because the SDK's router is not used. */
export type Era =
  | { era: '2025' }
  | { era: '2026' }
  | { era: '2026-subscription'; message: { id: string | number; params: Record<string, unknown> } }

/**
 * Decided by the body first (requests of 2026 name their revision in `_meta`), with the headers to check it. A body that
 * is not a JSON-RPC message counts as 2025, where it is refused in our words; a contradiction counts as 2026, where the
 * SDK refuses it.
 */
export function eraOf(headers: IncomingHttpHeaders, body: unknown): Era {
  const version = headers['mcp-protocol-version']?.toString()
  const method = headers['mcp-method']?.toString()
  const name = headers['mcp-name']?.toString()
  const route = classifyInboundRequest({
    httpMethod: 'POST',
    ...(version === undefined ? {} : { protocolVersionHeader: version }),
    ...(method === undefined ? {} : { mcpMethodHeader: method }),
    ...(name === undefined ? {} : { mcpNameHeader: name }),
    body,
  })
  if (route.kind === 'legacy') return { era: '2025' }
  if (route.kind === 'reject') return { era: route.rung === 'jsonrpc-shape' ? '2025' : '2026' }
  const { message, messageKind, classification } = route
  // Any other mistake in its headers is refused by the SDK before it would serve the request.
  const isSubscription =
    messageKind === 'request' &&
    message.method === SUBSCRIBE &&
    method === SUBSCRIBE &&
    version === FIRST_REVISION &&
    classification.revision === FIRST_REVISION
  if (!isSubscription) return { era: '2026' }
  return { era: '2026-subscription', message: { id: message.id, params: message.params ?? {} } }
}
