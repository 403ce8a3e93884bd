import type { z } from 'zod'
import { SpoolError } from '../domain/errors.js'
import { describeValue, oneLine } from '../domain/text.js'
import { AGENT_KINDS } from './agent-settings.js'
import { SETTING_NAMES } from './settings.js'

/** Keys of the file can have any length. */
const MAX_FIELD_LENGTH = 200

/**
 * The error for an invalid value, in one sentence.
 *
 * @param source where the value comes from, as the start of the sentence
 * @param path path of the validated value in the settings
 */
export function invalidSetting(
  source: string,
  error: z.ZodError,
  path: PropertyKey[],
  value: unknown,
): SpoolError {
  const issue = error.issues[0]
  if (issue === undefined) throw error
  const field = oneLine([...path, ...issue.path].map(String).join('.'), MAX_FIELD_LENGTH)
  const { name, sentence } = explain(issue, field, valueAt(value, issue.path))
  return new SpoolError('config_invalid', `${source} is not valid: ${sentence}.`, {
    field: name,
    cause: error,
  })
}

function explain(issue: z.core.$ZodIssue, field: string, value: unknown): { name: string; sentence: string } {
  if (issue.code === 'unrecognized_keys') {
    const key = oneLine(issue.keys[0] ?? '', MAX_FIELD_LENGTH)
    const name = field === '' ? key : `${field}.${key}`
    const known = field === '' ? `; the settings are ${SETTING_NAMES.join(', ')}` : ''
    return { name, sentence: `"${name}" is not a setting${known}` }
  }
  if (issue.code === 'invalid_union') {
    const kinds = AGENT_KINDS.join(', ')
    return {
      name: field,
      sentence: `${field} is ${describe(value)}; the kinds are ${kinds}`,
    }
  }
  if (issue.code === 'invalid_key') {
    return { name: field, sentence: `the name in ${field} ${issue.issues[0]?.message ?? 'is not allowed'}` }
  }
  if (field === '') return { name: '', sentence: 'it must be a JSON object' }
  if (issue.code === 'custom') return { name: field, sentence: `${field} ${issue.message}` }
  const reason = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid string: /, '')
  return { name: field, sentence: `${field} is ${describe(value)}: ${reason}` }
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

function describe(value: unknown): string {
  return value === undefined ? 'missing' : describeValue(value)
}
