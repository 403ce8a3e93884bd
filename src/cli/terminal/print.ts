import { joinLines, toDisplayText } from '../../domain/text.js'

/*
 * All messages of commands go through these functions, so that no path, name, version or error can control the terminal.
 * Only the output of tasks does not: see write-output.ts.
 */

/** Prints text to standard output. Newlines are not added. */
export function print(text: string): void {
  process.stdout.write(toDisplayText(text))
}

/** Prints text to standard output unchanged: its parts were cleaned before they were coloured (colour.ts). */
export function printRaw(text: string): void {
  process.stdout.write(text)
}

/** Prints text to standard error. Newlines are not added. */
export function printError(text: string): void {
  process.stderr.write(toDisplayText(text))
}

/** Prints `spoold: ` and one sentence to standard error. */
export function warn(sentence: string): void {
  process.stderr.write(`spoold: ${joinLines(sentence)}\n`)
}
