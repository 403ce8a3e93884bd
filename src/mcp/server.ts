import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  type Tool as ListedTool,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import type { OperatorService } from '../domain/service.js'
import { errorResult, type LogFailure } from './error-result.js'
import { INSTRUCTIONS } from './instructions.js'
import { DEFAULT_ANSWER_BYTES } from './limits.js'
import type { Tool } from './tool.js'
import { CLIENT_TOOLS, OPERATOR_TOOLS } from './tools.js'

/** Who asks: an MCP client, or the person at this machine by the command line. */
export type Caller = 'client' | 'operator'

export interface McpOptions {
  service: OperatorService
  /** Version of spoold. */
  version: string
  /** What clients' tool names begin with instead of `kiro_`; the operator's names never change. */
  toolPrefix?: string | undefined
  /** Bytes of a whole answer where the caller does not say. */
  maxBytes?: number | undefined
  /** Gets every failure that is no refusal, with its stack, for the daemon's log. */
  log: LogFailure
  now?: (() => number) | undefined
}

/** Makes the server for one request. */
export type McpServerFactory = (caller: Caller) => Server

const USUAL_PREFIX = 'kiro_'

/**
 * Prepares the tools of both callers, once. The factory that comes back makes a server for each request, since a
 * stateless transport serves only one; all that is dear to make is shared between them.
 */
export function createMcpServerFactory(options: McpOptions): McpServerFactory {
  const validator = new AjvJsonSchemaValidator()
  const sets: Record<Caller, ToolSet> = {
    client: toolSet(CLIENT_TOOLS, options.toolPrefix ?? USUAL_PREFIX),
    operator: toolSet([...CLIENT_TOOLS, ...OPERATOR_TOOLS], USUAL_PREFIX),
  }
  return (caller) => {
    const { tools, listed, rename } = sets[caller]
    const server = new Server(
      { name: 'spoold', version: options.version },
      { capabilities: { tools: {} }, instructions: rename(INSTRUCTIONS), jsonSchemaValidator: validator },
    )
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: listed }))
    server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) => {
      const tool = tools.get(params.name)
      if (tool === undefined) {
        const names = [...tools.keys()].join(', ')
        throw new McpError(ErrorCode.InvalidParams, `Tool ${params.name} not found; there are ${names}`)
      }
      return call(tool, params.arguments, rename, options, signal)
    })
    return server
  }
}

async function call(
  tool: Tool,
  given: unknown,
  rename: (text: string) => string,
  options: McpOptions,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const { service, maxBytes = DEFAULT_ANSWER_BYTES, now = Date.now } = options
  try {
    const answer = await tool.call(service, given, { signal, now, maxBytes, rename })
    return { content: [{ type: 'text', text: answer.text }], structuredContent: answer.structured }
  } catch (error) {
    return errorResult(error, { tool: tool.name, rename, log: options.log, aborted: signal.aborted })
  }
}

interface ToolSet {
  tools: ReadonlyMap<string, Tool>
  listed: ListedTool[]
  /** Tools are named with the usual prefix in our own texts. */
  rename: (text: string) => string
}

function toolSet(tools: readonly Tool[], prefix: string): ToolSet {
  const rename = (text: string) => text.replaceAll(USUAL_PREFIX, prefix)
  const named = new Map(tools.map((tool) => [rename(tool.name), tool]))
  const listed = [...named].map(([name, tool]) => ({
    name,
    title: tool.title,
    description: rename(tool.description),
    inputSchema: renamed(tool.inputSchema, rename),
    outputSchema: renamed(tool.outputSchema, rename),
    annotations: tool.annotations,
  }))
  return { tools: named, listed, rename }
}

function renamed<Schema>(schema: Schema, rename: (text: string) => string): Schema {
  return JSON.parse(rename(JSON.stringify(schema))) as Schema
}
