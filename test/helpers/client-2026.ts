import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { onTestFinished } from 'vitest'
import { TOKENS } from './http-server.js'

/** The SDK's client 2.x, connected with revision 2026-07-28 only; closed when the test ends. */
export async function connectModernClient(
  url: string,
  options: { token?: string; client?: ConstructorParameters<typeof Client>[1] } = {},
): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, ...options.client },
  )
  const headers = { authorization: `Bearer ${options.token ?? TOKENS.client}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
  onTestFinished(() => client.close())
  return client
}
