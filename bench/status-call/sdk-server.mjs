// A minimal stateless server on the SDK 1.x, like the example of the SDK: a server and a transport for each request, behind
// node:http, with one tool that returns its argument. Sends its URL to the parent process.
import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { z } from 'zod'

function trivialServer() {
  const server = new McpServer({ name: 'trivial', version: '1' })
  server.registerTool(
    'echo',
    {
      description: 'Returns the text.',
      inputSchema: { text: z.string() },
      outputSchema: { text: z.string() },
    },
    ({ text }) => ({ content: [{ type: 'text', text }], structuredContent: { text } }),
  )
  return server
}

const server = createServer(async (request, response) => {
  const mcp = trivialServer()
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: undefined,
    enableJsonResponse: true,
  })
  response.on('close', () => {
    transport.close()
    mcp.close()
  })
  await mcp.connect(transport)
  await transport.handleRequest(request, response)
})
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}/mcp` }))
