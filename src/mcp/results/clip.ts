import { oneLine, takeStart } from '../../domain/text.js'

/** The beginning of a text, at most `maxBytes` of UTF-8, cut at a character; `…` says that more follows. */
export function clip(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  return maxBytes < 3 ? '' : `${beginning(text, maxBytes - 3)}…`
}

/** The beginning of a text, at most `maxBytes` of UTF-8, cut at a character. */
export function beginning(text: string, maxBytes: number): string {
  const bytes = Buffer.from(takeStart(text, Math.max(0, maxBytes)))
  let end = Math.min(bytes.length, Math.max(0, maxBytes))
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** The beginning of a text on one line, printable, at most `maxBytes` of UTF-8. */
export function clipLine(text: string, maxBytes: number): string {
  return clip(oneLine(text, maxBytes), maxBytes)
}
