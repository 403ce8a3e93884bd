import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport as Transport1 } from '@modelcontextprotocol/sdk/shared/transport.js'
import { expect, onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { BIN, cleanEnvironment } from './run-cli.js'

/** Where a client finds the daemon: by its URL and token, or by `spoold mcp` with that environment. */
export interface Place {
  url: string
  stateDirectory: string
  env: Record<string, string>
}

export type Over = 'HTTP' | 'stdio'

/** The SDK's client 1.x, which speaks 2025-11-25. */
export async function connect1(place: Place, over: Over): Promise<Client1> {
  const client = new Client1({ name: 'test', version: '1' })
  const transport = over === 'HTTP' ? new Http1(...httpOf(place)) : new Stdio1(stdioOf(place))
  await client.connect(transport as Transport1)
  onTestFinished(() => client.close())
  // With the tools listed, the client validates every result against its schema.
  await client.listTools()
  return client
}

const MODES = { 2025: 'legacy', 2026: { pin: '2026-07-28' }, either: 'auto' } as const

/** The SDK's client 2.x with one of the two eras, or with its own choice. */
export async function connect2(place: Place, over: Over, era: keyof typeof MODES): Promise<Client2> {
  const client = new Client2({ name: 'test', version: '1' }, { versionNegotiation: { mode: MODES[era] } })
  await client.connect(over === 'HTTP' ? new Http2(...httpOf(place)) : new Stdio2(stdioOf(place)))
  onTestFinished(() => client.close())
  expect(client.getProtocolEra()).toBe(era === 2025 ? 'legacy' : 'modern')
  await client.listTools()
  return client
}

function httpOf({ url, stateDirectory }: Place) {
  const { token } = readOrCreateToken(statePaths(stateDirectory).token)
  return [new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }] as const
}

function stdioOf({ stateDirectory, env }: Place) {
  return {
    command: process.execPath,
    args: [BIN, 'mcp'],
    env: cleanEnvironment(stateDirectory, env) as Record<string, string>,
    stderr: 'ignore' as const,
  }
}
