/** One JSON-RPC message; which kind it is follows from its properties. */
export interface RpcMessage {
  jsonrpc: '2.0'
  id?: string | number
  method?: string
  params?: { [key: string]: unknown }
  result?: { [key: string]: unknown }
  error?: { code: number; message: string; data?: unknown }
}

const VERSION_META = 'io.modelcontextprotocol/protocolVersion'

/** The param that the header Mcp-Name repeats (streamable-http, and SEP-2663 for tasks). */
const NAME_PARAM: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** Whether a message is of 2026-07-28 or later: those name their version themselves. */
export function isRevision2026({ params }: RpcMessage): boolean {
  return typeof metaOf(params)[VERSION_META] === 'string'
}

/**
 * The headers that a message of 2026-07-28 must have over HTTP, and does not have over stdio (Streamable HTTP, Request
 * Metadata). None for older messages.
 */
export function headers2026({ method, params }: RpcMessage): Record<string, string> {
  const version = metaOf(params)[VERSION_META]
  if (typeof version !== 'string' || method === undefined) return {}
  const param = Object.hasOwn(NAME_PARAM, method) ? NAME_PARAM[method] : undefined
  const name = param === undefined ? undefined : params?.[param]
  return {
    'mcp-protocol-version': headerValue(version),
    'mcp-method': headerValue(method),
    ...(typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}),
  }
}

function metaOf(params: RpcMessage['params']): Record<string, unknown> {
  const meta = params?._meta
  return typeof meta === 'object' && meta !== null ? { ...meta } : {}
}

/** Unchanged if a header can carry it; otherwise its UTF-8 as Base64 between MCP's markers. */
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(text)
  const looksEncoded = text.startsWith('=?base64?') && text.endsWith('?=')
  return isPlain && !looksEncoded ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}
