import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { type CallToolResult, ErrorCode, type Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv'
import type { ErrorCode as SpoolErrorCode } from '../domain/errors.js'
import { ATTENDED_META } from '../domain/question.js'
import type { OperatorService } from '../domain/service.js'
import { named, shown } from '../domain/shown-text.js'
import { errorResult, type LogFailure } from './error-result.js'
import { INSTRUCTIONS } from './instructions.js'
import { DEFAULT_ANSWER_BYTES } from './limits.js'
import type { CallContext, Tool } from './tool.js'
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
    const set = sets[caller]
    const server = new Server(
      { name: 'spoold', version: options.version },
      { capabilities: { tools: {} }, instructions: set.rename(INSTRUCTIONS), jsonSchemaValidator: validator },
    )
    // Takes what the SDK has no handler for. A handler registered by its schema would answer wrong params with the
    // schema library's own list of problems.
    server.fallbackRequestHandler = async ({ method, params }, { signal }) => {
      if (method === 'tools/list') return { tools: set.listed }
      if (method === 'tools/call')
        return call(toolNamed(set, params?.name), params?.arguments, set, options, {
          attended: caller === 'operator' && isAttended(params?._meta),
          signal,
        })
      const sentence = `There is no method ${named(method)}; there are tools/list and tools/call`
      throw protocolError(ErrorCode.MethodNotFound, 'not_found', sentence)
    }
    return server
  }
}

/** Only the command line says so, of a call that a person at a terminal waits for. */
function isAttended(meta: unknown): boolean {
  return (meta as Record<string, unknown> | undefined)?.[ATTENDED_META] === true
}

function toolNamed({ tools }: ToolSet, name: unknown): Tool {
  const tool = typeof name === 'string' ? tools.get(name) : undefined
  if (tool !== undefined) return tool
  const problem =
    typeof name === 'string'
      ? `Tool ${named(name)} not found`
      : `params.name must be the name of a tool, got ${shown(name)}`
  const sentence = `${problem}; there are ${[...tools.keys()].join(', ')}`
  throw protocolError(ErrorCode.InvalidParams, 'invalid_input', sentence)
}

/** The SDK makes JSON-RPC's error object of these properties. */
function protocolError(rpcCode: ErrorCode, code: SpoolErrorCode, sentence: string): Error {
  return Object.assign(new Error(sentence), { code: rpcCode, data: { code } })
}

async function call(
  tool: Tool,
  given: unknown,
  { rename }: ToolSet,
  options: McpOptions,
  { attended, signal }: Pick<CallContext, 'attended' | 'signal'>,
): Promise<CallToolResult> {
  const { service, maxBytes = DEFAULT_ANSWER_BYTES, now = Date.now } = options
  try {
    const answer = await tool.call(service, given, {
      signal,
      now,
      attended,
      maxBytes,
      rename,
    })
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
