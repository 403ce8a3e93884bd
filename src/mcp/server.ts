import type { LogFailure } from '../domain/errors.js'
import type { Caller, OperatorService } from '../domain/service.js'
import { type Call, type CallResult, type InputRequired, isInputRequired } from './call.js'
import { errorResult } from './client-error.js'
import type { ListedTool, ServerDefinition, ToolDefinition } from './definition.js'
import { createPrompts } from './prompts/prompts.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import { createResources } from './resources/resources.js'
import { chatResult, readFromStart } from './results/start.js'
import { RpcError } from './rpc-error.js'
import { DEFAULT_RESULT_BYTES } from './schema/limits.js'
import type { Tool, ToolResult } from './tools/tool.js'
import { CLIENT_TOOLS, OPERATOR_TOOLS } from './tools/tools.js'
import { mcpWording, type ToolNames } from './wording.js'

export interface ServerOptions {
  service: OperatorService
  /** Version of spoold. */
  version: string
  /** Prefix of the tool names for clients, default `kiro_`; the operator's names never change. */
  toolPrefix?: string | undefined
  /** Bound for a result if the caller names none, bytes. */
  maxBytes?: number | undefined
  /** Gets every unexpected failure, with its stack, for the daemon's log. */
  log: LogFailure
  now?: (() => number) | undefined
}

const DEFAULT_PREFIX = 'kiro_'
const OPERATOR_PREFIX = 'spoold_'

/** What spoold serves to MCP clients, and to the command line, which may do more. */
export function createServerDefinitions(options: ServerOptions): Record<Caller, ServerDefinition> {
  return {
    client: createDefinition(options, options.toolPrefix ?? DEFAULT_PREFIX, []),
    operator: createDefinition(options, DEFAULT_PREFIX, OPERATOR_TOOLS),
  }
}

/** What all calls share. */
interface Environment {
  service: OperatorService
  log: LogFailure
  maxBytes: number
  now: () => number
  tool: ToolNames
}

function createDefinition(
  options: ServerOptions,
  prefix: string,
  operatorTools: readonly Tool[],
): ServerDefinition {
  const { service, log, maxBytes = DEFAULT_RESULT_BYTES, now = Date.now } = options
  const tool: ToolNames = (name) => `${prefix}${name}`
  const environment: Environment = { service, log, maxBytes, now, tool }
  const tools = [
    ...CLIENT_TOOLS.map((each) => bindTool(tool(each.name), each, environment)),
    ...operatorTools.map((each) => bindTool(`${OPERATOR_PREFIX}${each.name}`, each, environment)),
  ]
  return {
    server: { name: 'spoold', title: 'spoold', version: options.version },
    instructions: instructions(tool),
    tool,
    tools: new Map(tools.map((definition) => [definition.listed.name, definition])),
    resources: createResources({ service, now, maxBytes }),
    prompts: createPrompts({ service, tool }),
    tasks: protocolTasks(environment),
  }
}

/** What a model reads about this server when it connects; every conversation pays for it. */
function instructions(tool: ToolNames): string {
  return `spoold runs agent tasks and keeps every piece of their output.
Short work: ${tool('chat')} waits for the answer.
Long work: ${tool('chat_async')} returns a task_id at once. Then poll ${tool('task_status')} from chunk 0, then from next_chunk_index (last_chunk_index + 1), until is_done; wait_for "done", wait_ms 50000 and detail "text" take the fewest calls.
A task ends by itself, by its limits or by ${tool('task_cancel')}, never by a lost connection: do not start it again, read on. ${tool('task_list')} with include_done finds it in a later conversation.
Status input_required: the agent asks for permission; respond with ${tool('task_respond')}.
Tasks of one session_id continue one conversation, one after another; without it they run side by side.`
}

function protocolTasks({ service, now, maxBytes, tool, log }: Environment): ProtocolTasks {
  return {
    service,
    now,
    tool,
    log,
    async result(task) {
      const progress = await readFromStart(service, task.id, maxBytes)
      return toCallResult(chatResult(progress, { maxBytes, now, tool }))
    },
  }
}

function bindTool(name: string, tool: Tool, environment: Environment): ToolDefinition {
  const { service, log, maxBytes, now, tool: names } = environment
  const { start } = tool
  const contextOf = (call: Call) => ({ ...call, now, maxBytes, tool: names })

  async function callTool(args: unknown, call: Call): Promise<CallResult | InputRequired> {
    try {
      const result = await tool.call(service, args, contextOf(call))
      return isInputRequired(result) ? result : toCallResult(result)
    } catch (error) {
      if (error instanceof RpcError) throw error
      const wording = mcpWording(names)
      return errorResult(error, { what: `tool ${name}`, wording, log, aborted: call.signal.aborted })
    }
  }

  return {
    listed: listTool(name, tool, names),
    call: callTool,
    ...(start === undefined
      ? {}
      : {
          asTask: {
            support: 'optional',
            start: (args, call) => start(service, args, { ...contextOf(call), keepMs: call.keepMs }),
          },
        }),
  }
}

function toCallResult({
  structured,
  text,
  links = [],
  isError,
}: ToolResult<Record<string, unknown>>): CallResult {
  return {
    content: [{ type: 'text', text }, ...links],
    structuredContent: structured,
    ...(isError === true ? { isError } : {}),
  }
}

function listTool(name: string, tool: Tool, names: ToolNames): ListedTool {
  return {
    name,
    title: tool.title,
    description: tool.description(names),
    inputSchema: tool.inputSchema,
    outputSchema: tool.outputSchema,
    annotations: { ...tool.annotations },
    ...(tool.meta === undefined ? {} : { _meta: tool.meta }),
  }
}
