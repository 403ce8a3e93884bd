import type { OperatorService } from '../domain/service.js'
import { chatResult, readFromStart } from './budget/chat-result.js'
import type { Call, CallResult, InputRequired } from './call.js'
import { isInputRequired } from './call.js'
import type { Caller } from './caller.js'
import type { LogFailure } from './client-error.js'
import { errorResult } from './error-result.js'
import { INSTRUCTIONS } from './instructions.js'
import { createPrompts } from './prompts/prompts.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import { createResources } from './resources/resources.js'
import { RpcError } from './rpc-error.js'
import { DEFAULT_ANSWER_BYTES } from './schema/limits.js'
import type { ListedTool, ServerDefinition, ToolDefinition } from './server-definition.js'
import { CLIENT_TOOLS, OPERATOR_TOOLS } from './tools/list.js'
import type { CallContext, Tool, ToolResult } from './tools/tool.js'

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

const USUAL_PREFIX = 'kiro_'

/** What spoold offers to MCP clients, and to the command line, which may do more. */
export function createServerDefinitions(options: ServerOptions): Record<Caller, ServerDefinition> {
  return {
    client: serverDefinition(CLIENT_TOOLS, options.toolPrefix ?? USUAL_PREFIX, options),
    operator: serverDefinition([...CLIENT_TOOLS, ...OPERATOR_TOOLS], USUAL_PREFIX, options),
  }
}

/** What all calls have in common. */
interface Place extends Pick<ServerOptions, 'service' | 'log'> {
  maxBytes: number
  now: () => number
  /** Tools are named with the usual prefix in our own texts. */
  rename: (text: string) => string
}

function serverDefinition(tools: readonly Tool[], prefix: string, options: ServerOptions): ServerDefinition {
  const { service, log, maxBytes = DEFAULT_ANSWER_BYTES, now = Date.now } = options
  const rename = (text: string) => text.replaceAll(USUAL_PREFIX, prefix)
  const place: Place = { service, log, maxBytes, now, rename }
  const tasks = protocolTasks(place)
  return {
    server: { name: 'spoold', title: 'spoold', version: options.version },
    instructions: rename(INSTRUCTIONS),
    tools: new Map(tools.map((tool) => [rename(tool.name), toolDefinition(tool, place)])),
    resources: createResources({ service, now, maxBytes }),
    prompts: createPrompts({ service, rename }),
    tasks,
  }
}

function protocolTasks({ service, now, maxBytes, rename, log }: Place): ProtocolTasks {
  return {
    service,
    now,
    rename,
    log,
    async result(task) {
      const progress = await readFromStart(service, task.id, maxBytes)
      return toResult(chatResult(progress, { maxBytes, now, rename }))
    },
  }
}

function toolDefinition(tool: Tool, place: Place): ToolDefinition {
  const { start } = tool
  return {
    listed: listed(tool, place.rename),
    call: (args, call) => answer(tool, args, call, place),
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
}

function inPlace(call: Call, { now, maxBytes, rename }: Place): CallContext {
  return { ...call, now, maxBytes, rename }
}

async function answer(
  tool: Tool,
  args: unknown,
  call: Call,
  place: Place,
): Promise<CallResult | InputRequired> {
  try {
    const answered = await tool.call(place.service, args, inPlace(call, place))
    return isInputRequired(answered) ? answered : toResult(answered)
  } catch (error) {
    if (error instanceof RpcError) throw error
    const { rename, log } = place
    return errorResult(error, { what: `tool ${tool.name}`, rename, log, aborted: call.signal.aborted })
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

function listed(tool: Tool, rename: (text: string) => string): ListedTool {
  return {
    name: rename(tool.name),
    title: tool.title,
    description: rename(tool.description),
    inputSchema: renamed(tool.inputSchema, rename),
    outputSchema: renamed(tool.outputSchema, rename),
    annotations: { ...tool.annotations },
    ...(tool.meta === undefined ? {} : { _meta: tool.meta }),
  }
}

function renamed<Schema>(schema: Schema, rename: (text: string) => string): Schema {
  return JSON.parse(rename(JSON.stringify(schema))) as Schema
}
