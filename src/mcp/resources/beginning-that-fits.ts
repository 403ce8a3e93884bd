import { escapedBytes } from '../budget/result-size.js'

/** The beginning of a text that has at most `room` bytes inside a JSON string, cut at a character. */
export function beginningThatFits(text: string, room: number): { text: string; size: number } {
  const whole = escapedBytes(text)
  if (whole <= room) return { text, size: whole }
  let size = 0
  let end = 0
  for (const character of text) {
    const more = escapedBytes(character)
    if (size + more > room) break
    size += more
    end += character.length
  }
  return { text: text.slice(0, end), size }
}
