import { visibleJson } from '../../domain/shown-text.js'
import { say } from '../say.js'

/** Prints a value as JSON for programs; it drives no terminal, so cleaning finds nothing to take away. */
export function printJson(value: unknown): void {
  say(`${visibleJson(JSON.stringify(value, null, 2))}\n`)
}
