import { joinLines, toDisplayText } from '../../domain/text.js'

/*
 * All that a command says itself goes through here, so that no path, name, version or error that it repeats can drive
 * the terminal. Only a task's own output does not: see follow.ts.
 */

/** Prints text, with its own ends of lines, to standard output. */
export function print(text: string): void {
  process.stdout.write(toDisplayText(text))
}

/** Prints text to standard output as it is: what stands in it was cleaned before it was painted (render/colour.ts). */
export function printRaw(text: string): void {
  process.stdout.write(text)
}

/** Prints text, with its own ends of lines, to standard error. */
export function printError(text: string): void {
  process.stderr.write(toDisplayText(text))
}

/** Prints one sentence to standard error, as spoold's. */
export function warn(sentence: string): void {
  process.stderr.write(`spoold: ${joinLines(sentence)}\n`)
}
