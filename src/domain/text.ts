import { stripVTControlCharacters } from 'node:util'

/*
 * What others wrote (a message, a path, a name, a wrong value), made fit to stand in a sentence or a line of ours:
 * bounded, without half characters, and without what a terminal or a model would take for something else. What is
 * stored stays as it was given.
 */

/** Controls, marks that turn the direction of text around, and the two other ends of a line that Unicode has. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** Longest value of a caller's that a refusal repeats, in UTF-16 units. */
const MAX_SHOWN_LENGTH = 60

/** The beginning of a text, at most `length` UTF-16 units, cut at a character. */
export function takeStart(text: string, length: number): string {
  if (text.length <= length) return text
  const isInsidePair = /[\ud800-\udbff]/.test(text.charAt(length - 1))
  return text.slice(0, isInsidePair ? length - 1 : length)
}

/** The end of a text, at most `length` UTF-16 units, cut at a character. */
export function takeEnd(text: string, length: number): string {
  if (text.length <= length) return text
  const start = text.length - length
  return text.slice(/[\udc00-\udfff]/.test(text.charAt(start)) ? start + 1 : start)
}

/** The beginning of a text, at most `length` UTF-16 units; `…` says that more follows. */
export function ellipsize(text: string, length: number): string {
  return text.length <= length ? text : `${takeStart(text, length - 1)}…`
}

/** Without terminal sequences and invisible controls; newline and tab stay, half a character becomes U+FFFD. */
export function stripControls(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(UNPRINTABLE, (character) => (character === '\n' || character === '\t' ? character : ''))
}

/** Printable, on one line, at most `length` UTF-16 units. */
export function oneLine(text: string, length: number): string {
  // Whitespace and sequences go, so more than `length` is looked at; but not all of a text of any size.
  const line = stripControls(takeStart(text, 4 * length))
    .replace(/\s+/g, ' ')
    .trim()
  const isWhole = text.length <= 4 * length
  return isWhole || line.length > length ? ellipsize(line, length) : `${takeStart(line, length - 1)}…`
}

/** A wrong value as a refusal repeats it: text in quotes with its controls as escapes, lists and objects in one word. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** A name that we may not know: a plain word as it is, all else in quotes. */
export function quoteName(name: string): string {
  return /^[\w-]{1,60}$/.test(name) ? name : quoted(name)
}

/**
 * JSON that means the same and drives no terminal: JSON itself writes only the first 32 characters as escapes. Ends of
 * lines between its parts stay.
 */
export function escapeJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function quoted(text: string): string {
  return escapeJson(JSON.stringify(ellipsize(text, MAX_SHOWN_LENGTH)))
}
