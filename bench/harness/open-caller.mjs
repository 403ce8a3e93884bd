import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

const REVISION_2026 = '2026-07-28'

/**
 * Returns a function that calls a tool by a plain HTTP request of one MCP era, without the cost of an SDK client. It resolves with
 * the structured result, and rejects if the call fails.
 *
 * @param {{ url: string, token: string, era: 2025 | 2026 }} endpoint
 * @param {import('node:http').Agent} [agent]
 */
export function openCaller({ url, token, era }, agent) {
  return async function call(name, args) {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(era === 2026
        ? { 'mcp-protocol-version': REVISION_2026, 'mcp-method': 'tools/call', 'mcp-name': name }
        : {}),
    }
    const sent = request(url, { method: 'POST', agent, headers })
    sent.end(
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: paramsOf(era, name, args) }),
    )
    const [response] = await once(sent, 'response')
    const { result, error } = JSON.parse(await text(response))
    if (error !== undefined || result.isError === true) {
      throw new Error(`${name}: ${JSON.stringify(error ?? result.content)}`)
    }
    return result.structuredContent
  }
}

function paramsOf(era, name, args) {
  if (era !== 2026) return { name, arguments: args }
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION_2026,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return { name, arguments: args, _meta }
}
