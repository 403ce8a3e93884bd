import { z } from 'zod'

/** A JSON Schema of an object, as tools/list carries it. */
export interface ObjectSchema {
  [key: string]: unknown
  type: 'object'
  properties: Record<string, object>
  required?: string[]
}

/** The structuredContent of an error. */
export const errorSchema = z.object({
  code: z.string().describe('Only in an error: what went wrong, from a closed list'),
  message: z.string().describe('Only in an error: one sentence that says what to do'),
  field: z.string().optional().describe('Only in an error: the input field that is wrong'),
})

/** The schema of a tool's input. Unknown fields are refused. */
export function inputSchema(input: z.ZodObject): ObjectSchema {
  return { ...convert(input, 'input'), additionalProperties: false }
}

/**
 * The schema of a tool's structuredContent: the fields of the result, or those of an error. Clients validate both
 * against it, and a later version may add fields, so it is open.
 */
export function outputSchema(result: z.ZodObject): ObjectSchema {
  const success = convert(result, 'output')
  const failure = convert(errorSchema, 'output')
  return {
    type: 'object',
    properties: { ...failure.properties, ...success.properties },
    anyOf: [{ required: success.required ?? [] }, { required: failure.required ?? [] }],
  }
}

function convert(schema: z.ZodObject, io: 'input' | 'output'): ObjectSchema {
  const { properties, required } = z.toJSONSchema(schema, { io, override: simplify })
  return {
    type: 'object',
    properties: (properties ?? {}) as Record<string, object>,
    ...(required === undefined ? {} : { required }),
  }
}

/**
 * Drops what does not help a model: the bounds of safe integers, closed results, and patterns, which not every client's
 * validator supports. The server enforces them all the same.
 */
function simplify({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  delete jsonSchema.additionalProperties
  delete jsonSchema.pattern
}
