import { invalidField, type SpoolError } from '../domain/errors.js'
import { describeValue } from '../domain/text.js'

/** More words do not narrow a search down any further. */
const MAX_WORDS = 16

/**
 * A prefix so short that half of all words start with it. SQLite would read all of them in one go, and polls would wait.
 * (In scripts whose characters are words or syllables, a single one is specific enough.)
 */
const TOO_SHORT_PREFIX = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]{0,2}$/u
/** The index ignores accents. */
const ACCENTS = /\p{M}/gu

/** A quoted phrase (the closing quote is optional) or a word, each with an optional star for a prefix search. */
const TERMS = /"([^"]*)"?(\*?)|([^\s"]+)/gu
/** The characters of words in the index; all others separate words. */
const WORD_CHARACTER = /[\p{L}\p{N}\p{Co}]/u
const WORD_SEPARATOR = /[^\p{L}\p{N}\p{Co}\p{M}]+/u

/**
 * A person's query as an FTS5 expression (https://sqlite.org/fts5.html#full_text_query_syntax). Every word and phrase
 * becomes an FTS5 string, so the query cannot contain FTS5 syntax. Throws SpoolError `invalid_input` for a query without
 * words or with too short a prefix.
 */
export function toMatchExpression(words: string): string {
  const terms: string[] = []
  // SQLite ends a text at NUL.
  for (const [, phrase, star, word] of words.toWellFormed().replaceAll('\0', ' ').matchAll(TERMS)) {
    const text = phrase ?? word ?? ''
    if (!WORD_CHARACTER.test(text)) continue
    const isPrefix = star === '*' || (word?.endsWith('*') ?? false)
    terms.push(isPrefix ? prefixTerm(text.replace(/\*+$/, '')) : `"${text}"`)
  }
  if (terms.length === 0) throw invalidQuery('must contain a word to search for: letters or digits')
  const distinct = new Set(terms)
  if (distinct.size > MAX_WORDS) throw invalidQuery(`must contain at most ${MAX_WORDS} different words`)
  return [...distinct].join(' ')
}

function prefixTerm(text: string): string {
  const last = text.split(WORD_SEPARATOR).findLast((part) => part !== '') ?? ''
  if (TOO_SHORT_PREFIX.test(last.normalize('NFKD').replace(ACCENTS, ''))) {
    throw invalidQuery(`must have at least 3 letters or digits before a *, got ${describeValue(`${last}*`)}`)
  }
  return `"${text}"*`
}

function invalidQuery(problem: string): SpoolError {
  return invalidField('query', `${problem}.`)
}
