import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { z } from 'zod'
import { SpoolError } from '../../domain/errors.js'

const startedSchema = z.object({ task_id: z.string(), session_id: z.string() })

const progressSchema = z.object({
  status: z.string(),
  is_done: z.boolean(),
  new_chunks: z.array(z.object({ index: z.number(), kind: z.string(), content: z.string() })),
  next_chunk_index: z.number(),
  has_more: z.boolean(),
})
export type DemoProgress = z.output<typeof progressSchema>

/** An ordinary MCP client: the SDK's client, which knows only the names of the tools. */
export interface DemoClient {
  start(agent: string, message: string, directory: string): Promise<string>
  poll(taskId: string, from: number): Promise<DemoProgress>
  close(): Promise<void>
}

export async function connectDemoClient(
  url: string,
  token: string,
  toolPrefix: string,
  version: string,
): Promise<DemoClient> {
  const client = new Client({ name: 'spoold-demo', version })
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  // The SDK's own types disagree under exactOptionalPropertyTypes about sessionId.
  await client.connect(transport as Transport)

  const call = async <Schema extends z.ZodType>(
    tool: string,
    input: Record<string, unknown>,
    schema: Schema,
  ) => {
    const result = await client.callTool({ name: `${toolPrefix}${tool}`, arguments: input })
    if (result.isError) throw toolError(result.content)
    return schema.parse(result.structuredContent)
  }
  return {
    start: async (agent, message, working_directory) =>
      (await call('chat_async', { agent, message, working_directory }, startedSchema)).task_id,
    // Enough for the output that gathers while no daemon is running.
    poll: (task_id, from_chunk_index) =>
      call('task_status', { task_id, from_chunk_index, wait_ms: 1000, max_bytes: 100_000 }, progressSchema),
    close: () => client.close(),
  }
}

function toolError(content: unknown): SpoolError {
  const text = z.array(z.object({ text: z.string() })).safeParse(content)
  return new SpoolError('invalid_input', text.data?.[0]?.text ?? 'The tool call failed.')
}
