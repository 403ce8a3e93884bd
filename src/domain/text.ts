import { endOfControl, nextControl } from './control-sequences.js'

/*
 * Every function that cuts or cleans text. Lengths are UTF-16 units, sizes bytes of UTF-8; a cut never splits a
 * character.
 */

/** Control characters other than newline and tab. */
const CONTROLS = /[^\P{Cc}\n\t]/u

/** Control characters, marks that reverse the direction of text, and the two further line separators of Unicode. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** Longest value that an error message repeats, in UTF-16 units. */
const MAX_SHOWN_LENGTH = 60

/** The start of a text, at most `length` UTF-16 units. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text
  const isInsidePair = /[\ud800-\udbff]/.test(text.charAt(length - 1))
  return text.slice(0, isInsidePair ? length - 1 : length)
}

/** The end of a text, at most `length` UTF-16 units. */
export function truncateStart(text: string, length: number): string {
  if (text.length <= length) return text
  const start = text.length - length
  return text.slice(/[\udc00-\udfff]/.test(text.charAt(start)) ? start + 1 : start)
}

/** Whether an index of UTF-16 units is in the middle of a surrogate pair. */
export function isInsideCharacter(text: string, index: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(index - 1, index + 1))
}

/** The start of a text, at most `maxBytes` of UTF-8. */
export function truncateBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(truncate(text, Math.max(0, maxBytes)))
  let end = Math.min(bytes.length, Math.max(0, maxBytes))
  // A byte 10xxxxxx continues the character before it.
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/**
 * Splits a text into parts of at most `maxBytes` of UTF-8 (at least 4, the size of the largest character). A part ends
 * after a newline if there is one in its last quarter.
 */
export function splitBytes(text: string, maxBytes: number): string[] {
  // A UTF-16 unit takes at most three bytes of UTF-8.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return [text]
  const parts: string[] = []
  const room = new Uint8Array(maxBytes)
  for (let start = 0; start < text.length; ) {
    // No character takes less than a byte.
    const candidate = text.slice(start, start + maxBytes)
    const end = start + encoder.encodeInto(candidate, room).read
    const lineEnd = end === text.length ? end : text.lastIndexOf('\n', end - 1) + 1
    const cut = lineEnd > start + ((end - start) * 3) / 4 ? lineEnd : end
    parts.push(text.slice(start, cut))
    start = cut
  }
  return parts
}

const encoder = new TextEncoder()

/** The start of a text, at most `maxBytes` of UTF-8; a final `…` says that it was cut. */
export function ellipsizeBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  return maxBytes < 3 ? '' : `${truncateBytes(text, maxBytes - 3)}…`
}

/** The start of a text, at most `length` UTF-16 units; a final `…` says that it was cut. */
export function ellipsize(text: string, length: number): string {
  return text.length <= length ? text : `${truncate(text, length - 1)}…`
}

/**
 * Text without terminal sequences and control characters, for storing what an agent said. Newline and tab stay, a
 * carriage return is a line end, half a character becomes U+FFFD.
 */
export function stripControls(text: string): string {
  if (!CONTROLS.test(text)) return text.toWellFormed()
  const bytes = Buffer.from(text.replace(/\r+\n/g, '\n').replaceAll('\r', '\n'))
  let clean = ''
  for (let from = 0; ; ) {
    const control = nextControl(bytes, from)
    clean += bytes.toString('utf8', from, control)
    if (control === bytes.length) return clean
    from = endOfControl(bytes, control, true)
  }
}

/** Text that is safe on a terminal and in front of a model: also without characters that reverse or break lines. */
export function toDisplayText(text: string): string {
  return stripControls(text).replace(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t' ? character : '',
  )
}

/** Display text on one line, at most `length` UTF-16 units. */
export function oneLine(text: string, length: number): string {
  // Whitespace and sequences are dropped, so more than `length` is read, but never a whole large text.
  const line = toDisplayText(truncate(text, 4 * length))
    .replace(/\s+/g, ' ')
    .trim()
  const isWhole = text.length <= 4 * length
  return isWhole || line.length > length ? ellipsize(line, length) : `${truncate(line, length - 1)}…`
}

/** Display text with its lines joined by a space; Unicode has two more line ends than `\n`. */
export function joinLines(text: string): string {
  const lines = stripControls(text).trim()
  return toDisplayText(lines.replace(/\s*[\n\u2028\u2029]\s*/g, ' '))
}

/** The start of a text on one line of display text, at most `maxBytes` of UTF-8. */
export function previewLine(text: string, maxBytes: number): string {
  return ellipsizeBytes(oneLine(text, maxBytes), maxBytes)
}

/** A wrong value as an error message repeats it: text quoted with its control characters escaped, lists and objects as one word. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** A name from a caller: a plain word stays as it is, anything else is quoted. */
export function quoteName(name: string): string {
  return /^[\w-]{1,60}$/.test(name) ? name : quoted(name)
}

/** Equal JSON that is safe on a terminal: JSON itself escapes only the first 32 characters. Newlines stay. */
export function escapeJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function quoted(text: string): string {
  return escapeJson(JSON.stringify(ellipsize(text, MAX_SHOWN_LENGTH)))
}
