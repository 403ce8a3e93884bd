import { z } from 'zod'
import { describeValue } from '../../domain/text.js'

/*
 * Kinds of input fields. An error reads as one sentence that begins with the field's name, so each rule supplies the
 * predicate: "must be …, got …; what to do".
 */

interface Rule {
  /** Description for models. */
  about: string
  /** What to do about a wrong value. */
  remedy: string
}

function mustBe(expected: string, remedy?: string) {
  const end = remedy === undefined ? '' : `; ${remedy}`
  return (issue: { input?: unknown }) =>
    issue.input === undefined
      ? `is required${end}`
      : `must be ${expected}, got ${describeValue(issue.input)}${end}`
}

/** A whole number from `min` to `max`. */
export function wholeNumber(rule: Rule & { min: number; max?: number }) {
  const max = rule.max ?? Number.MAX_SAFE_INTEGER
  const range = rule.max === undefined ? `>= ${rule.min}` : `from ${rule.min} to ${rule.max}`
  const error = mustBe(`a whole number ${range}`, rule.remedy)
  return z.int({ error }).min(rule.min, { error }).max(max, { error }).describe(rule.about)
}

export function flag(rule: Rule) {
  return z.boolean({ error: mustBe('true or false', rule.remedy) }).describe(rule.about)
}

/** One word of a closed list. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words, rule: Rule) {
  return z.enum(words, { error: mustBe(`one of ${words.join(', ')}`, rule.remedy) }).describe(rule.about)
}

/** An id or a name. One that starts with `-` is refused, because a program could take it for an option. */
export function identifier(rule: { about: string; remedy?: string }) {
  const error = mustBe('a name of 1 to 200 characters that does not start with "-"', rule.remedy)
  return z
    .string({ error })
    .regex(/^[^-\p{Cc}][^\p{Cc}]{0,199}$/u, { error })
    .describe(rule.about)
}

/** Text without NUL, which no process accepts as an argument. */
export function text(rule: Rule) {
  const error = mustBe('text that is not empty', rule.remedy)
  const withoutNul = mustBe('text without NUL characters', 'remove them')
  return z
    .string({ error })
    .regex(/\S/, { error })
    .refine((value) => !value.includes('\0'), { error: withoutNul })
    .describe(rule.about)
}

/** The words of a command line: the program first. */
export function commandLine(rule: Rule) {
  const error = mustBe('a list with the program and its arguments', rule.remedy)
  const argument = mustBe('text without NUL characters', 'give each argument as one string')
  return z
    .array(
      z.string({ error: argument }).refine((value) => !value.includes('\0'), { error: argument }),
      { error },
    )
    .min(1, { error })
    .refine((argv) => argv[0] !== '', { error })
    .describe(rule.about)
}
