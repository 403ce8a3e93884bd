import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { onTestFinished } from 'vitest'
import { BIN, cleanEnvironment } from './run-cli.js'

export interface SeenChunk {
  index: number
  kind: string
  content: string
  timestamp: string
  is_final: boolean
}

export interface Poll {
  task_id: string
  status: string
  is_done: boolean
  new_chunks: SeenChunk[]
  next_chunk_index: number
  has_more: boolean
  end_reason: string | null
  exit_code: number | null
}

/** The SDK's client over HTTP, configured with url and token. */
export async function connectHttp(url: string, token: string): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  return connect(transport as Transport)
}

/** The SDK's client over stdio, with `spoold mcp` as its command. */
export async function connectStdio(
  stateDirectory: string,
  env: Record<string, string> = {},
): Promise<Client> {
  const environment = cleanEnvironment(stateDirectory, env) as Record<string, string>
  return connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, 'mcp'],
      env: environment,
      stderr: 'ignore',
    }),
  )
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(transport)
  // With the tools listed, the client validates every result against its schema.
  await client.listTools()
  onTestFinished(() => client.close())
  return client
}

/** Structured content of a tool call; rejects with the text of an error. */
export async function callTool<T>(client: Client, name: string, args: Record<string, unknown>): Promise<T> {
  const answer = await client.callTool({ name, arguments: args })
  if (answer.isError) throw new Error(JSON.stringify(answer.structuredContent))
  return answer.structuredContent as T
}

export const poll = (client: Client, taskId: string, from: number, more: Record<string, unknown> = {}) =>
  callTool<Poll>(client, 'kiro_task_status', {
    task_id: taskId,
    from_chunk_index: from,
    wait_ms: 2_000,
    // Every chunk fits into such a result.
    max_bytes: 1_000_000,
    ...more,
  })

/** Reads on from an index to the end of the task. */
export async function readToTheEnd(
  client: Client,
  taskId: string,
  from = 0,
): Promise<{ chunks: SeenChunk[]; last: Poll }> {
  const chunks: SeenChunk[] = []
  for (let next = from; ; ) {
    const last = await poll(client, taskId, next)
    chunks.push(...last.new_chunks)
    next = last.next_chunk_index
    if (last.is_done) return { chunks, last }
  }
}

export const textOfChunks = (chunks: SeenChunk[]) =>
  chunks
    .filter((chunk) => chunk.kind === 'text')
    .map((chunk) => chunk.content)
    .join('')
