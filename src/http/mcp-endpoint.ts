import type { IncomingMessage, ServerResponse } from 'node:http'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { McpServerFactory } from '../mcp/server.js'
import type { TokenOwner } from './guard-token.js'

/** Serves one POST to /mcp whose sender is known and whose headers and body have been checked. */
export type HandleMcp = (exchange: {
  request: IncomingMessage
  response: ServerResponse
  body: unknown
  caller: TokenOwner
}) => Promise<void>

/**
 * MCP over Streamable HTTP without sessions: nothing is kept between two requests, so a daemon that was restarted in
 * between goes on where a connected client is. When the client goes away the wait of its call is aborted.
 */
export function mcpEndpoint(createServer: McpServerFactory): HandleMcp {
  return async ({ request, response, body, caller }) => {
    const server = createServer(caller)
    // Without a generator of session ids there are no sessions.
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    response.once('close', () => void server.close())
    // The SDK's own types do not agree with each other under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<typeof server.connect>[0])
    const answer = await transport.handleRequest(toWebRequest(request), { parsedBody: body })
    const text = Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status, {
      ...Object.fromEntries(answer.headers),
      'content-length': text.length,
      'cache-control': 'no-store',
    })
    response.end(text)
  }
}

/** What the SDK wants to see of a request: the media types are checked already, and more narrowly than it does. */
function toWebRequest({ headers }: IncomingMessage): Request {
  const version = headers['mcp-protocol-version']
  return new Request('http://127.0.0.1/mcp', {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(typeof version === 'string' ? { 'mcp-protocol-version': version } : {}),
    },
  })
}
