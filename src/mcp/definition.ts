import type { Call, CallResult, Content, InputRequired, ResourceContents } from './call.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import type { ToolNames } from './wording.js'

/**
 * What a server offers to one kind of caller, independent of the revision of MCP: server-factory.ts serves it in both
 * eras. A thrown RpcError reaches the client as a JSON-RPC error; a tool that fails returns a CallResult with isError.
 */
export interface ServerDefinition {
  server: { name: string; title: string; version: string }
  instructions: string
  /** How its clients know our tools. */
  tool: ToolNames
  tools: ReadonlyMap<string, ToolDefinition>
  resources?: ResourceProvider
  prompts?: PromptProvider
  /** Present if calls of some tools can be tasks of the protocol. */
  tasks?: ProtocolTasks
  /** Whether calls send log messages. */
  sendsLogs?: boolean
}

/** A tool as tools/list carries it. */
export interface ListedTool {
  name: string
  title?: string
  description: string
  inputSchema: { type: 'object'; [key: string]: unknown }
  outputSchema?: { type: 'object'; [key: string]: unknown }
  annotations?: Record<string, unknown>
  _meta?: Record<string, unknown>
}

export interface ToolDefinition {
  listed: ListedTool
  call(args: unknown, call: Call): Promise<CallResult | InputRequired>
  /** Present if a call can be a task of the protocol. */
  asTask?: {
    /** `required`: a client that does not support tasks cannot call the tool. */
    support: 'optional' | 'required'
    /** Resolves to the id of the task, which is stored by then. `keepMs` is how long the client wants it kept. */
    start(args: unknown, call: Call & { keepMs?: number | undefined }): Promise<string | InputRequired>
  }
}

export interface ListedResource {
  uri: string
  name: string
  title?: string
  description?: string
  mimeType?: string
  size?: number
}

export interface ListedTemplate {
  uriTemplate: string
  name: string
  title?: string
  description?: string
  mimeType?: string
}

export interface ResourceProvider {
  list(cursor: string | undefined): Promise<{ resources: ListedResource[]; nextCursor?: string }>
  templates: readonly ListedTemplate[]
  /** Undefined if there is no such resource. */
  read(uri: string, call: Call): Promise<ResourceContents[] | InputRequired | undefined>
  /** Up to 100 values for a variable of a template. */
  complete(uriTemplate: string, variable: string, prefix: string): Promise<string[]>
  /**
   * Calls back whenever the resource has changed, until the signal aborts. Resolves to false, and never calls, if
   * there is no such resource. Absent if nothing ever changes.
   */
  watch?(uri: string, onChange: () => void, signal: AbortSignal): Promise<boolean>
}

export interface ListedPrompt {
  name: string
  title?: string
  description: string
  arguments: { name: string; description: string; required: boolean }[]
}

export interface PromptProvider {
  list: readonly ListedPrompt[]
  /** Undefined if there is no such prompt. */
  get(
    name: string,
    args: Readonly<Record<string, string>>,
    call: Call,
  ): Promise<{ description?: string; messages: PromptMessage[] } | InputRequired | undefined>
  complete(name: string, argument: string, prefix: string): Promise<string[]>
}

export interface PromptMessage {
  role: 'user' | 'assistant'
  content: Content
}
