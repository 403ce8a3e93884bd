/**
 * A configuration that cannot be edited safely: it is invalid, or has a form that is not supported. The message is a phrase
 * that follows the path of the file.
 */
export class EditError extends Error {}

/** A syntax error; line and column count from 1. */
export function syntaxError(format: string, line: number, column: number, reason: string): EditError {
  return new EditError(`is not ${format}: ${reason} in line ${line}, column ${column}`)
}

/** Line and column of an offset, both from 1. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
