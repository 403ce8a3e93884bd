import type { IncomingHttpHeaders } from 'node:http'
import { classifyInboundRequest } from '@modelcontextprotocol/server'
import { NEWEST } from './era-2025.js'

/**
 * By which revision's rules a POST is to be served: `legacy` up to 2025-11-25, `modern` from 2026-07-28 on. A modern
 * subscription is told apart, because it is served by ourselves.
 */
export type Era =
  | { is: 'legacy' }
  | { is: 'modern' }
  | { is: 'subscription'; message: { id: string | number; params?: Record<string, unknown> } }

const SUBSCRIBE = 'subscriptions/listen'

/**
 * Decides by the body first (modern requests say their revision in `_meta`), with the headers to check it. What is no
 * JSON-RPC message counts as legacy, where it is refused in our words; what contradicts itself is modern, where the SDK
 * refuses it.
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
  if (route.kind === 'legacy') return { is: 'legacy' }
  if (route.kind === 'reject') return { is: route.rung === 'jsonrpc-shape' ? 'legacy' : 'modern' }
  const { message, messageKind, classification } = route
  // Whatever else is wrong with its headers, the SDK refuses it before it would serve it.
  const isSubscription =
    messageKind === 'request' && message.method === SUBSCRIBE && method === SUBSCRIBE && version === NEWEST
  if (!isSubscription || classification.revision !== NEWEST) return { is: 'modern' }
  return { is: 'subscription', message: { id: message.id, params: message.params ?? {} } }
}
