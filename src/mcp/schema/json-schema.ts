import { z } from 'zod'

/** A JSON Schema of an object, as tools/list carries it. */
export interface ObjectSchema {
  [key: string]: unknown
  type: 'object'
  properties: Record<string, object>
  required?: string[]
}

/** What an error's structuredContent holds instead of an answer. */
export const errorSchema = z.object({
  code: z.string().describe('Only in an error: what went wrong, from a closed list'),
  message: z.string().describe('Only in an error: one sentence that says what to do'),
  field: z.string().optional().describe('Only in an error: the input field that is wrong'),
})

/** The schema of a tool's input. Unknown names are refused. */
export function inputSchema(input: z.ZodObject): ObjectSchema {
  const schema = convert(input, 'input')
  return { ...schema, additionalProperties: false }
}

/**
 * The schema of a tool's structuredContent: the answer's fields, or an error's. Clients validate structuredContent
 * against it in both cases, and an answer of a later version may carry more, so nothing is closed.
 */
export function outputSchema(answer: z.ZodObject): ObjectSchema {
  const success = convert(answer, 'output')
  const failure = convert(errorSchema, 'output')
  return {
    type: 'object',
    properties: { ...failure.properties, ...success.properties },
    anyOf: [{ required: success.required ?? [] }, { required: failure.required ?? [] }],
  }
}

function convert(schema: z.ZodObject, io: 'input' | 'output'): ObjectSchema {
  const { properties, required } = z.toJSONSchema(schema, { io, override: quieten })
  return {
    type: 'object',
    properties: (properties ?? {}) as Record<string, object>,
    ...(required === undefined ? {} : { required }),
  }
}

/**
 * Leaves out what tells a model nothing: the bounds of every safe integer, closed answers, and patterns, which not
 * every client's validator can read. What they demand is checked here all the same.
 */
function quieten({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  delete jsonSchema.additionalProperties
  delete jsonSchema.pattern
}
