import { stripVTControlCharacters } from 'node:util'

/**
 * Text that is safe to print on a terminal: without escape sequences and control characters (newline and tab stay),
 * and without the marks that turn the direction of text around. What agents print is cleaned before it is stored;
 * this is for messages, names and errors.
 */
export function cleanForTerminal(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '',
  )
}

/** One line of at most so many characters, for a cell of a table. */
export function excerpt(text: string, length: number): string {
  const line = cleanForTerminal(text).replace(/\s+/g, ' ').trim()
  const characters = [...line]
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`
}
