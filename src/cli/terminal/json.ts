import { escapeJson } from '../../domain/text.js'
import { print } from './print.js'

/** Prints a value as JSON. Control characters are escaped, so `print` does not remove them. */
export function printJson(value: unknown): void {
  print(`${escapeJson(JSON.stringify(value, null, 2))}\n`)
}

/** Prints objects as JSON, one per line. */
export function printJsonLines(values: readonly object[]): void {
  print(values.map((value) => `${escapeJson(JSON.stringify(value))}\n`).join(''))
}
