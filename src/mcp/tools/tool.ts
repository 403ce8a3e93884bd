import type { z } from 'zod'
import type { OperatorService } from '../../domain/service.js'
import type { Call, Content, InputRequired } from '../call.js'
import { inputSchema, type ObjectSchema, outputSchema } from '../schema/json-schema.js'
import { parseInput } from '../schema/parse-input.js'
import type { ToolNames } from '../wording.js'

/** What comes with a call of one of our tools besides its input. */
export interface CallContext extends Call {
  /** ms since 1970. */
  now: () => number
  /** Bound for the result if the caller names none, bytes. */
  maxBytes: number
  /** How the caller knows the tools. */
  tool: ToolNames
}

/** The result for programs, and the same for a model to read. */
export interface ToolResult<Result> {
  structured: Result
  text: string
  /** Where more of it can be read. */
  links?: Content[]
  /** The work that the call was for has failed. */
  isError?: boolean
}

export interface ToolHints {
  readOnlyHint: boolean
  destructiveHint: boolean
  idempotentHint: boolean
  openWorldHint: boolean
}

interface ToolSpec<Input extends z.ZodObject, Result extends z.ZodObject> {
  /** Without a prefix, as `task_status`. */
  name: string
  title: string
  description: string | ((tool: ToolNames) => string)
  input: Input
  result: Result
  annotations: ToolHints
  /** `_meta` of the listed tool, by keys of the clients. */
  meta?: Record<string, unknown>
  handle(
    service: OperatorService,
    input: z.output<Input>,
    context: CallContext,
  ): Promise<ToolResult<z.input<Result>> | InputRequired>
  /** Makes a call a task of the protocol: resolves to the id of the task, which is stored by then. */
  start?(service: OperatorService, input: z.output<Input>, context: StartContext): Promise<string>
}

/** `keepMs`: how long the client wants the task kept, at least. */
export type StartContext = CallContext & { keepMs?: number | undefined }

export interface Tool {
  name: string
  title: string
  description(tool: ToolNames): string
  inputSchema: ObjectSchema
  outputSchema: ObjectSchema
  annotations: ToolHints
  meta: Record<string, unknown> | undefined
  /** Validates the arguments, then acts. Throws SpoolErrors; `invalid_input` before anything was done. */
  call(
    service: OperatorService,
    args: unknown,
    context: CallContext,
  ): Promise<ToolResult<Record<string, unknown>> | InputRequired>
  start: ((service: OperatorService, args: unknown, context: StartContext) => Promise<string>) | undefined
}

/** Defines a tool; its JSON schemas are computed once, here. */
export function defineTool<Input extends z.ZodObject, Result extends z.ZodObject>(
  spec: ToolSpec<Input, Result>,
): Tool {
  const { name, title, description, annotations, meta, start } = spec
  const schema = inputSchema(spec.input)
  return {
    name,
    title,
    description: typeof description === 'string' ? () => description : description,
    annotations,
    meta,
    inputSchema: schema,
    outputSchema: outputSchema(spec.result),
    call: async (service, args, context) =>
      spec.handle(service, parseInput(spec.input, schema, args), context),
    start:
      start &&
      (async (service, args, context) => start(service, parseInput(spec.input, schema, args), context)),
  }
}

export const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

export const CREATES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
}

export const ENDS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: false,
}
