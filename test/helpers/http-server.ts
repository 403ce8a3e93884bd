import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { CallToolResult, ClientCapabilities } from '@modelcontextprotocol/sdk/types.js'
import { onTestFinished } from 'vitest'
import type { OperatorService } from '../../src/domain/service.js'
import { type HttpListener, openHttpListener } from '../../src/http/listener.js'
import { mcpEndpoint } from '../../src/mcp/http/endpoint.js'
import { createServerDefinitions } from '../../src/mcp/server.js'
import { NOON } from './memory-service.js'

export const TOKENS = { client: 'client-token-of-the-test', operator: 'operator-token-of-the-test' }

export interface TestServer extends HttpListener {
  /** Failures that were logged, as `what: message`. */
  logged: string[]
}

/** The real listener and MCP server on a free port of 127.0.0.1 (or the given one), closed when the test ends. */
export async function openTestServer(
  service: OperatorService,
  options: {
    port?: number
    toolPrefix?: string
    maxBodyBytes?: number
    pid?: number
    tokens?: typeof TOKENS
  } = {},
): Promise<TestServer> {
  const logged: string[] = []
  const log = (what: string, error: unknown) =>
    logged.push(`${what}: ${error instanceof Error ? error.message : error}`)
  const { toolPrefix, maxBodyBytes } = options
  const offers = createServerDefinitions({
    service,
    version: '1.2.3',
    toolPrefix,
    log,
    now: () => NOON + 3000,
  })
  const endpoint = mcpEndpoint(offers, log)
  const listener = await openHttpListener({
    host: '127.0.0.1',
    port: options.port ?? 0,
    tokens: options.tokens ?? TOKENS,
    handleMcp: endpoint.handle,
    health: () => ({ status: 'ok', version: '1.2.3', pid: options.pid ?? process.pid }),
    maxBodyBytes,
    log,
  })
  let isOpen = true
  const close = async (graceMs?: number) => {
    if (!isOpen) return
    isOpen = false
    endpoint.finish()
    await listener.close(graceMs)
    await endpoint.close()
  }
  onTestFinished(() => close(0))
  return { ...listener, close, logged }
}

/** The SDK's client, connected. It has listed the tools, so it validates structured content as real clients do. */
export async function connectSdkClient(
  url: string,
  { token = TOKENS.client, capabilities = {} }: { token?: string; capabilities?: ClientCapabilities } = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities })
  const headers = { authorization: `Bearer ${token}` }
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
  await client.connect(transport as Parameters<typeof client.connect>[0])
  onTestFinished(() => client.close())
  await client.listTools()
  return client
}

/** Calls a tool and returns its result with its one text block. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<{ isError: boolean; structured: Record<string, unknown>; text: string; result: CallToolResult }> {
  const result = (await client.callTool({ name, arguments: args })) as CallToolResult
  const block = result.content[0]
  return {
    isError: result.isError === true,
    structured: result.structuredContent ?? {},
    text: block?.type === 'text' ? block.text : '',
    result,
  }
}
