import { nearest } from '../../domain/nearest.js'
import { joinLines } from '../../domain/text.js'
import type { UsageError } from '../usage-error.js'

/** Commander's error for a word that is not among the choices of an option or argument; it suggests none. */
const INVALID_CHOICE =
  /^(?:command-argument value|option '.*' argument) '([^']*)' is invalid(?: for argument '(.*)')?\. Allowed choices are (.*)$/

/** One sentence for a usage error: what is wrong, a suggestion, and where the usage is described. */
export function usageSentence(error: UsageError): string {
  const sentence = joinLines(error.message)
    .replace(/^error: /, '')
    .replace(/\.$/, '')
  return `${invalidChoice(sentence) ?? sentence}; see ${error.help}`
}

function invalidChoice(sentence: string): string | undefined {
  const [, word = '', argument = 'value', choices] = INVALID_CHOICE.exec(sentence) ?? []
  if (choices === undefined) return undefined
  const hint = suggestion(word, choices.split(', '))
  return `unknown ${argument} '${word}'${hint}; choose from ${choices}`
}

/** ` (Did you mean …?)`, as commander puts it; empty if no known word is similar. */
export function suggestion(word: string, known: readonly string[]): string {
  const similar = nearest(word, known)
  return similar === undefined ? '' : ` (Did you mean ${similar}?)`
}
