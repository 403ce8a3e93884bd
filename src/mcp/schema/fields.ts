import { z } from 'zod'
import { describeValue } from '../../domain/text.js'

/*
 * Input fields of the tools. Each refusal reads as one sentence that begins with the field's name, so every rule here
 * words its part: "must be …, got …; what to do".
 */

function said(must: string, remedy?: string) {
  const end = remedy === undefined ? '' : `; ${remedy}`
  return (issue: { input?: unknown }) =>
    issue.input === undefined
      ? `is required${end}`
      : `must be ${must}, got ${describeValue(issue.input)}${end}`
}

/** A whole number from `min` to `max`. */
export function wholeNumber(rule: { min: number; max?: number; remedy: string; about: string }) {
  const max = rule.max ?? Number.MAX_SAFE_INTEGER
  const range = rule.max === undefined ? `>= ${rule.min}` : `from ${rule.min} to ${rule.max}`
  const error = said(`a whole number ${range}`, rule.remedy)
  return z.int({ error }).min(rule.min, { error }).max(max, { error }).describe(rule.about)
}

/** True or false. */
export function flag(rule: { remedy: string; about: string }) {
  return z.boolean({ error: said('true or false', rule.remedy) }).describe(rule.about)
}

/** One word of a closed list. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  rule: { remedy: string; about: string },
) {
  return z.enum(words, { error: said(`one of ${words.join(', ')}`, rule.remedy) }).describe(rule.about)
}

/** The id or name of a thing. One that starts with `-` could be taken for an option by a program, so it is refused. */
export function identifier(rule: { remedy?: string; about: string }) {
  const error = said('a name of 1 to 200 characters that does not start with "-"', rule.remedy)
  return z
    .string({ error })
    .regex(/^[^-\p{Cc}][^\p{Cc}]{0,199}$/u, { error })
    .describe(rule.about)
}

/** Text without NUL, which no process can be handed. */
export function text(rule: { remedy: string; about: string }) {
  const error = said('text that is not empty', rule.remedy)
  const withoutNul = said('text without NUL characters', 'remove them')
  return z
    .string({ error })
    .regex(/\S/, { error })
    .refine((value) => !value.includes('\0'), { error: withoutNul })
    .describe(rule.about)
}

/** A list of strings for a command line: the program first. */
export function commandLine(rule: { remedy: string; about: string }) {
  const error = said('a list with the program and its arguments', rule.remedy)
  const argument = said('text without NUL characters', 'give each argument as one string')
  return z
    .array(
      z.string({ error: argument }).refine((value) => !value.includes('\0'), { error: argument }),
      { error },
    )
    .min(1, { error })
    .refine((argv) => argv[0] !== '', { error })
    .describe(rule.about)
}
