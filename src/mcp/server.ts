import type { OperatorService } from '../domain/service.js'
import type { Call, CallResult, InputRequired } from './call.js'
import { isInputRequired } from './call.js'
import type { Caller } from './caller.js'
import type { LogFailure } from './client-error.js'
import { errorResult } from './error-result.js'
import { instructions } from './instructions.js'
import { createPrompts } from './prompts/prompts.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import { createResources } from './resources/resources.js'
import { chatResult, readFromStart } from './results/start.js'
import { RpcError } from './rpc-error.js'
import { DEFAULT_RESULT_BYTES } from './schema/limits.js'
import type { ListedTool, ServerDefinition, ToolDefinition } from './server-definition.js'
import { CLIENT_TOOLS, OPERATOR_TOOLS } from './tools/list.js'
import type { CallContext, Tool, ToolResult } from './tools/tool.js'
import { mcpWording, type ToolNames } from './wording.js'

export interface ServerOptions {
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

const DEFAULT_PREFIX = 'kiro_'
const OPERATOR_PREFIX = 'spoold_'

/** What spoold offers to MCP clients, and to the command line, which may do more. */
export function createServerDefinitions(options: ServerOptions): Record<Caller, ServerDefinition> {
  return {
    client: serverDefinition(options, options.toolPrefix ?? DEFAULT_PREFIX, []),
    operator: serverDefinition(options, DEFAULT_PREFIX, OPERATOR_TOOLS),
  }
}

/** What all calls have in common. */
interface Place extends Pick<ServerOptions, 'service' | 'log'> {
  maxBytes: number
  now: () => number
  tool: ToolNames
}

function serverDefinition(options: ServerOptions, prefix: string, more: readonly Tool[]): ServerDefinition {
  const { service, log, maxBytes = DEFAULT_RESULT_BYTES, now = Date.now } = options
  const tool: ToolNames = (name) => `${prefix}${name}`
  const place: Place = { service, log, maxBytes, now, tool }
  const tasks = protocolTasks(place)
  return {
    server: { name: 'spoold', title: 'spoold', version: options.version },
    instructions: instructions(tool),
    tool,
    tools: new Map([
      ...CLIENT_TOOLS.map((each) => namedTool(tool(each.name), each, place)),
      ...more.map((each) => namedTool(`${OPERATOR_PREFIX}${each.name}`, each, place)),
    ]),
    resources: createResources({ service, now, maxBytes }),
    prompts: createPrompts({ service, tool }),
    tasks,
  }
}

function protocolTasks({ service, now, maxBytes, tool, log }: Place): ProtocolTasks {
  return {
    service,
    now,
    tool,
    log,
    async result(task) {
      const progress = await readFromStart(service, task.id, maxBytes)
      return toResult(chatResult(progress, { maxBytes, now, tool }))
    },
  }
}

function namedTool(name: string, tool: Tool, place: Place): [string, ToolDefinition] {
  const { start } = tool
  const definition: ToolDefinition = {
    listed: listed(name, tool, place.tool),
    call: (args, call) => callTool(name, tool, { args, call }, place),
    ...(start === undefined
      ? {}
      : {
          asTask: {
            support: 'optional' as const,
            start: (args, call) =>
              start(place.service, args, { ...inPlace(call, place), keepMs: call.keepMs }),
          },
        }),
  }
  return [name, definition]
}

function inPlace(call: Call, { now, maxBytes, tool }: Place): CallContext {
  return { ...call, now, maxBytes, tool }
}

async function callTool(
  name: string,
  tool: Tool,
  { args, call }: { args: unknown; call: Call },
  place: Place,
): Promise<CallResult | InputRequired> {
  try {
    const result = await tool.call(place.service, args, inPlace(call, place))
    return isInputRequired(result) ? result : toResult(result)
  } catch (error) {
    if (error instanceof RpcError) throw error
    const { log } = place
    const wording = mcpWording(place.tool)
    return errorResult(error, { what: `tool ${name}`, wording, log, aborted: call.signal.aborted })
  }
}

function toResult({
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

function listed(name: string, tool: Tool, names: ToolNames): ListedTool {
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
