import type { Call, CallResult, Content, InputRequired, ResourceContents } from './call.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import type { ToolNames } from './wording.js'

/**
 * What a server offers to one caller, in no revision's own words: each of them is a shell around this (legacy/ for
 * 2025-11-25 and older, modern/ for 2026-07-28). Whatever is thrown here as RpcError reaches the client as JSON-RPC's
 * error; a tool that fails answers a CallResult with isError instead.
 */
export interface ServerDefinition {
  server: { name: string; title: string; version: string }
  instructions: string
  /** How its clients know our tools. */
  tool: ToolNames
  tools: ReadonlyMap<string, ToolDefinition>
  resources?: ResourceProvider
  prompts?: PromptProvider
  /** Present where calls of some tools can be tasks of the protocol. */
  tasks?: ProtocolTasks
  /** Whether calls send lines of log. */
  logs?: boolean
}

/** A tool as tools/list names it. */
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
  /** Present where a call can be a task of the protocol. */
  asTask?: {
    /** `required`: a client that knows no tasks cannot call it. */
    support: 'optional' | 'required'
    /** Gives the id of the task, which is stored already. `keepMs` is how long the client wants it kept. */
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
  /** Undefined for what is not there. */
  read(uri: string, call: Call): Promise<ResourceContents[] | InputRequired | undefined>
  /** Up to 100 values for a variable of a template. */
  complete(uriTemplate: string, variable: string, beginning: string): Promise<string[]>
  /**
   * Calls back whenever what the URI names has changed, until the signal aborts. False, and never, for what is not there.
   * Absent where nothing ever changes.
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
  /** Undefined for a prompt that is not there. */
  get(
    name: string,
    args: Readonly<Record<string, string>>,
    call: Call,
  ): Promise<{ description?: string; messages: PromptMessage[] } | InputRequired | undefined>
  complete(name: string, argument: string, beginning: string): Promise<string[]>
}

export interface PromptMessage {
  role: 'user' | 'assistant'
  content: Content
}
