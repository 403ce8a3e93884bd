import { postJson } from './post-json.js'

/** One request of 2025-11-25 as it goes over the wire. */
export function requestLegacy(url: string, method: string, params: object = {}): Promise<Response> {
  const headers = { 'mcp-protocol-version': '2025-11-25' }
  return postJson(url, { jsonrpc: '2.0', id: 1, method, params }, headers)
}
