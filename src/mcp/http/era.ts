import type { IncomingHttpHeaders } from 'node:http'
import { classifyInboundRequest, PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server'
import { isObject } from '../../domain/json.js'

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
  if (isPlainly2025(headers, body)) return { era: '2025' }
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

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** A message that names no revision, under headers that name none of 2026: most requests, and cheap to see. */
function isPlainly2025(headers: IncomingHttpHeaders, body: unknown): boolean {
  const version = headers['mcp-protocol-version']
  if (version !== undefined) {
    // Revisions are dates.
    if (typeof version !== 'string' || !DATE.test(version) || version >= FIRST_REVISION) return false
  }
  if (!isObject(body) || typeof body.method !== 'string') return false
  const meta = isObject(body.params) ? body.params._meta : undefined
  return !isObject(meta) || !(PROTOCOL_VERSION_META_KEY in meta)
}
