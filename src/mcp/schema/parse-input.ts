import type { z } from 'zod'
import { type ErrorAction, invalidField, SpoolError } from '../../domain/errors.js'
import { quoteName } from '../../domain/text.js'
import type { ObjectSchema } from './json-schema.js'

/** What helps with a wrong id or name: the list that has the right ones. */
const ACTIONS: Readonly<Record<string, ErrorAction>> = {
  task_id: 'list_tasks',
  session_id: 'list_sessions',
  agent: 'list_agents',
}

/**
 * Validates the arguments of a tool call. Throws SpoolError `invalid_input` about the first wrong field.
 *
 * Lenient if the meaning is beyond doubt, because models write such calls: "5" counts as 5, "true" as true, and null for
 * an optional field as its absence.
 */
export function parseInput<Input extends z.ZodObject>(
  input: Input,
  schema: ObjectSchema,
  args: unknown,
): z.output<Input> {
  const parsed = input.safeParse(normalize(schema, args ?? {}))
  if (parsed.success) return parsed.data
  throw toSpoolError(parsed.error, Object.keys(schema.properties))
}

function normalize(schema: ObjectSchema, args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args
  const fields = Object.entries(args)
    .filter(([name, value]) => value !== null || !isOptional(schema, name))
    .map(([name, value]) => [name, normalizeValue(propertyOf(schema, name), value)])
  // Unlike an assignment this keeps a field called `__proto__`, so that it is refused like any unknown one.
  return Object.fromEntries(fields)
}

function isOptional(schema: ObjectSchema, name: string): boolean {
  return propertyOf(schema, name) !== undefined && !schema.required?.includes(name)
}

function propertyOf(schema: ObjectSchema, name: string): object | undefined {
  return Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
}

function normalizeValue(schema: object | undefined, value: unknown): unknown {
  if (schema === undefined || typeof value !== 'string' || !('type' in schema)) return value
  if (schema.type === 'integer' && /^-?\d{1,16}$/.test(value)) return Number(value)
  if (schema.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function toSpoolError(error: z.ZodError, known: string[]): SpoolError {
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? ''
    const names = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
    return new SpoolError('invalid_input', `${quoteName(name)} is not an argument of this tool; ${names}`, {
      field: name,
    })
  }
  if (issue === undefined || issue.path.length === 0) {
    return new SpoolError('invalid_input', 'arguments must be an object with the fields of the tool')
  }
  const field = String(issue.path[0])
  if (issue.path.length === 1) return invalidField(field, issue.message, ACTIONS[field])
  return new SpoolError('invalid_input', `${issue.path.join('.')} ${issue.message}`, { field })
}
