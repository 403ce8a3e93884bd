import { SpoolError } from '../domain/errors.js'

/** More words than these narrow nothing down. */
const MOST_WORDS = 50

/** A quoted phrase (its end may be missing) or a word, each with the star that makes it a beginning. */
const TERMS = /"([^"]*)"?(\*?)|([^\s"]+)/gu
/** Of what words are made for the index; whatever else a person types only parts them. */
const IN_WORDS = /[\p{L}\p{N}\p{Co}]/u

/**
 * What a person types as an expression of FTS5 (https://sqlite.org/fts5.html#full_text_query_syntax): every word and phrase
 * as a string of it, so that nothing of what was typed means anything there. Throws SpoolError `invalid_input` where there
 * is no word in it.
 */
export function toMatchExpression(words: string): string {
  const terms: string[] = []
  // SQLite takes a NUL for the end.
  for (const [, phrase, star, word] of words.toWellFormed().replaceAll('\0', ' ').matchAll(TERMS)) {
    const text = phrase ?? word ?? ''
    const isBeginning = star === '*' || (word?.endsWith('*') ?? false)
    if (IN_WORDS.test(text)) terms.push(isBeginning ? `"${text.replace(/\*+$/, '')}"*` : `"${text}"`)
  }
  if (terms.length === 0) throw refusal('must hold a word to look for: letters or digits')
  if (terms.length > MOST_WORDS) throw refusal(`must hold at most ${MOST_WORDS} words`)
  return terms.join(' ')
}

function refusal(must: string): SpoolError {
  return new SpoolError('invalid_input', `query ${must}.`, { field: 'query' })
}
