import type { z } from 'zod'
import type { OperatorService } from '../domain/service.js'
import { inputSchema, type ObjectSchema, outputSchema } from './json-schema.js'
import { readInput } from './read-input.js'

/** What a call brings besides its input. */
export interface CallContext {
  /** Aborts when nobody waits for the answer any more; that ends a wait and never a task. */
  signal: AbortSignal
  /** ms since 1970. */
  now: () => number
  /** A person is at the other end, who can be asked for permissions. */
  attended: boolean
  /** Bytes of a whole answer where the caller does not say. */
  maxBytes: number
  /** Turns tool names in our own sentences into those that the caller knows. Never for what an agent printed. */
  rename: (text: string) => string
}

/** The answer for programs, and the same for a model to read. */
export interface ToolAnswer<Answer> {
  structured: Answer
  text: string
}

export interface ToolHints {
  readOnlyHint: boolean
  destructiveHint: boolean
  idempotentHint: boolean
  openWorldHint: boolean
}

interface ToolPlan<Input extends z.ZodObject, Answer extends z.ZodObject> {
  /** With the usual prefix `kiro_`, or `spoold_` for the operator's. All texts name tools that way too. */
  name: string
  title: string
  description: string
  input: Input
  answer: Answer
  annotations: ToolHints
  handle(
    service: OperatorService,
    input: z.output<Input>,
    context: CallContext,
  ): Promise<ToolAnswer<z.input<Answer>>>
}

export interface Tool {
  name: string
  title: string
  description: string
  inputSchema: ObjectSchema
  outputSchema: ObjectSchema
  annotations: ToolHints
  /** Checks the arguments, then acts. Throws SpoolErrors; after `invalid_input` nothing was called. */
  call(
    service: OperatorService,
    given: unknown,
    context: CallContext,
  ): Promise<ToolAnswer<Record<string, unknown>>>
}

/** Makes a tool: its schemas are computed here, once. */
export function defineTool<Input extends z.ZodObject, Answer extends z.ZodObject>(
  plan: ToolPlan<Input, Answer>,
): Tool {
  const { name, title, description, annotations } = plan
  const accepted = inputSchema(plan.input)
  return {
    name,
    title,
    description,
    annotations,
    inputSchema: accepted,
    outputSchema: outputSchema(plan.answer),
    call: (service, given, context) => plan.handle(service, readInput(plan.input, accepted, given), context),
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
