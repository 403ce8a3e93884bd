import { stripControls } from '../../domain/text.js'

/**
 * Text that is safe to print on a terminal: without escape sequences and control characters (newline and tab stay),
 * and without the marks that turn the direction of text around. What agents print is cleaned before it is stored;
 * this is for messages, names, paths, errors, and whatever else comes from somewhere.
 */
export function cleanForTerminal(text: string): string {
  return stripControls(text).replace(/\p{Bidi_Control}/gu, '')
}

/** Clean, on one line; Unicode has two more ends of a line than `\n`. */
export function oneLine(text: string): string {
  return cleanForTerminal(text)
    .trim()
    .replace(/\s*[\n\u2028\u2029]\s*/g, ' ')
}

/** One line of at most so many characters, for a cell of a table. */
export function excerpt(text: string, length: number): string {
  const line = cleanForTerminal(text).replace(/\s+/g, ' ').trim()
  const characters = [...line]
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`
}
