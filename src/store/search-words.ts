import { invalidField, type SpoolError } from '../domain/errors.js'
import { describeValue } from '../domain/text.js'

/** More words than these narrow nothing down. */
const MAX_WORDS = 16

/**
 * A beginning of so few letters that half of all words have it: SQLite would go through them in one go, and everybody would
 * wait for that. (Where a sign is a word or a syllable, one says more.)
 */
const TOO_SHORT_BEGINNING = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]{0,2}$/u
/** The index knows no accents. */
const ACCENTS = /\p{M}/gu

/** A quoted phrase (its end may be missing) or a word, each with the star that makes it a beginning. */
const TERMS = /"([^"]*)"?(\*?)|([^\s"]+)/gu
/** Of what words are made for the index; whatever else a person types only parts them. */
const IN_WORDS = /[\p{L}\p{N}\p{Co}]/u
const PARTS_WORDS = /[^\p{L}\p{N}\p{Co}\p{M}]+/u

/**
 * What a person types as an expression of FTS5 (https://sqlite.org/fts5.html#full_text_query_syntax): every word and phrase
 * as a string of it, so that nothing of what was typed means anything there. Throws SpoolError `invalid_input` where there
 * is no word in it, or a beginning that says nothing.
 */
export function toMatchExpression(words: string): string {
  const terms: string[] = []
  // SQLite takes a NUL for the end.
  for (const [, phrase, star, word] of words.toWellFormed().replaceAll('\0', ' ').matchAll(TERMS)) {
    const text = phrase ?? word ?? ''
    if (!IN_WORDS.test(text)) continue
    const isBeginning = star === '*' || (word?.endsWith('*') ?? false)
    terms.push(isBeginning ? beginning(text.replace(/\*+$/, '')) : `"${text}"`)
  }
  if (terms.length === 0) throw refusal('must hold a word to look for: letters or digits')
  const different = new Set(terms)
  if (different.size > MAX_WORDS) throw refusal(`must hold at most ${MAX_WORDS} different words`)
  return [...different].join(' ')
}

function beginning(text: string): string {
  const last = text.split(PARTS_WORDS).findLast((part) => part !== '') ?? ''
  if (TOO_SHORT_BEGINNING.test(last.normalize('NFKD').replace(ACCENTS, ''))) {
    throw refusal(
      `must hold at least 3 letters or digits of a word before a *, got ${describeValue(`${last}*`)}`,
    )
  }
  return `"${text}"*`
}

function refusal(must: string): SpoolError {
  return invalidField('query', `${must}.`)
}
