import type { z } from 'zod'
import type { OperatorService } from '../../domain/service.js'
import type { Call, Content, InputRequired } from '../call.js'
import { inputSchema, type ObjectSchema, outputSchema } from '../schema/json-schema.js'
import { readInput } from '../schema/read-input.js'
import type { ToolNames } from '../wording.js'

/** What a call of one of our tools brings besides its input. */
export interface CallContext extends Call {
  /** ms since 1970. */
  now: () => number
  /** Bytes of a whole answer where the caller does not say. */
  maxBytes: number
  /** How the caller knows the tools. */
  tool: ToolNames
}

/** The answer for programs, and the same for a model to read. */
export interface ToolResult<Answer> {
  structured: Answer
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

interface ToolPlan<Input extends z.ZodObject, Answer extends z.ZodObject> {
  /** Without a prefix, as `task_status`. */
  name: string
  title: string
  description: string | ((tool: ToolNames) => string)
  input: Input
  result: Answer
  annotations: ToolHints
  /** What clients are told of the tool in `_meta`, by keys of their own. */
  meta?: Record<string, unknown>
  handle(
    service: OperatorService,
    input: z.output<Input>,
    context: CallContext,
  ): Promise<ToolResult<z.input<Answer>> | InputRequired>
  /** Makes a call of it a task of the protocol: gives the id of the task that is then stored. */
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
  /** Checks the arguments, then acts. Throws SpoolErrors; after `invalid_input` nothing was called. */
  call(
    service: OperatorService,
    given: unknown,
    context: CallContext,
  ): Promise<ToolResult<Record<string, unknown>> | InputRequired>
  start: ((service: OperatorService, given: unknown, context: StartContext) => Promise<string>) | undefined
}

/** Makes a tool: its schemas are computed here, once. */
export function defineTool<Input extends z.ZodObject, Answer extends z.ZodObject>(
  plan: ToolPlan<Input, Answer>,
): Tool {
  const { name, title, description, annotations, meta, start } = plan
  const accepted = inputSchema(plan.input)
  return {
    name,
    title,
    description: typeof description === 'string' ? () => description : description,
    annotations,
    meta,
    inputSchema: accepted,
    outputSchema: outputSchema(plan.result),
    call: async (service, given, context) =>
      plan.handle(service, readInput(plan.input, accepted, given), context),
    start:
      start &&
      (async (service, given, context) => start(service, readInput(plan.input, accepted, given), context)),
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
