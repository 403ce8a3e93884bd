import { postJson } from './post-json.js'

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

export interface ModernAnswer {
  status: number
  result: Record<string, unknown>
  error: { code: number; message: string; data?: Record<string, unknown> } | undefined
}

/** One request of 2026-07-28 as it goes over the wire, for requests that the SDK's client has no method for. */
export async function postModern(
  url: string,
  method: string,
  params: Record<string, unknown> = {},
  { capabilities = TASKS }: { capabilities?: object } = {},
): Promise<ModernAnswer> {
  const response = await sendModern(url, method, params, { capabilities })
  const body = (await response.json()) as Partial<ModernAnswer>
  return { status: response.status, result: body.result ?? {}, error: body.error }
}

/** The same, if the response may be a stream. */
export function sendModern(
  url: string,
  method: string,
  params: Record<string, unknown>,
  {
    capabilities = TASKS,
    signal,
    headers = {},
  }: { capabilities?: object; signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Response> {
  const name = params.name ?? params.uri ?? params.taskId
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    ...(params._meta as object | undefined),
  }
  const standard = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
  }
  const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }
  return postJson(url, body, { ...standard, ...headers }, signal)
}

/** The messages of an event stream, as they arrive. */
export async function* eventsOf(response: Response): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) yield JSON.parse(data)
    }
  }
}
