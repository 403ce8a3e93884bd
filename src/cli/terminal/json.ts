import { escapeJson } from '../../domain/text.js'
import { print } from './print.js'

/** Prints a value as JSON for programs; it drives no terminal, so cleaning finds nothing to take away. */
export function printJson(value: unknown): void {
  print(`${escapeJson(JSON.stringify(value, null, 2))}\n`)
}

/** Prints a listing for programs: one object a line, nothing for an empty one. */
export function printJsonLines(values: readonly object[]): void {
  print(values.map((value) => `${escapeJson(JSON.stringify(value))}\n`).join(''))
}
