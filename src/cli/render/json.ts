import { say } from '../say.js'

/**
 * Prints a value as JSON for programs. What a terminal could be driven by is written as an escape, which JSON does by
 * itself for the first 32 characters only: so it means the same, and cleaning finds nothing to take away.
 */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  say(`${json}\n`)
}
