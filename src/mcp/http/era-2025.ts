import type { IncomingHttpHeaders } from 'node:http'
import { isObject } from '../../domain/json.js'

/** The first revision of the second era; revisions are dates. */
export const NEWEST = '2026-07-28'

const IS_DATE = /^\d{4}-\d{2}-\d{2}$/
const VERSION_META = 'io.modelcontextprotocol/protocolVersion'

/**
 * Whether a POST is, at first sight, one of MCP up to 2025-11-25: a message that names no revision, under headers that name
 * none of the second era. Most requests are, and nothing has to be loaded to see it; for what is not, see era.ts.
 */
export function isPlainlyLegacy(headers: IncomingHttpHeaders, body: unknown): boolean {
  const version = headers['mcp-protocol-version']
  if (version !== undefined && !(typeof version === 'string' && IS_DATE.test(version) && version < NEWEST))
    return false
  if (!isObject(body) || typeof body.method !== 'string') return false
  const meta = isObject(body.params) ? body.params._meta : undefined
  return !isObject(meta) || !(VERSION_META in meta)
}
