import { nearest } from '../../domain/nearest.js'
import { joinLines } from '../../domain/text.js'
import type { UsageError } from '../usage-error.js'

/** Commander suggests names of commands and options itself; of the words that an option takes, only what there is. */
const WRONG_CHOICE = /'([^']*)' is invalid(?: for argument '.*')?\. Allowed choices are (.*)$/

/** One sentence for wrong usage: what is wrong, what may have been meant, and where it stands. */
export function usageSentence(error: UsageError): string {
  const sentence = joinLines(error.message)
    .replace(/^error: /, '')
    .replace(/\.$/, '')
  return `${sentence}${didYouMean(sentence)}; see ${error.help}`
}

function didYouMean(sentence: string): string {
  const [, written = '', choices] = WRONG_CHOICE.exec(sentence) ?? []
  return choices === undefined ? '' : meant(written, choices.split(', '))
}

/** What may have been meant, as commander puts it; nothing where no known word is near. */
export function meant(written: string, known: readonly string[]): string {
  const word = nearest(written, known)
  return word === undefined ? '' : ` (Did you mean ${word}?)`
}
