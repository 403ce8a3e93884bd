import type { IncomingMessage, ServerResponse } from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { McpServerFactory } from '../mcp/server.js'
import type { TokenOwner } from './guard-token.js'

/** Serves one POST to /mcp whose body has been read and whose sender is known. */
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
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    response.once('close', () => void server.close())
    // The SDK's own types do not agree with each other under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<typeof server.connect>[0])
    await transport.handleRequest(request, response, body)
  }
}
