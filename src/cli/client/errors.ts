/**
 * A configuration that is not to be touched: it cannot be read, or says what it says in a way that is not edited here.
 * Its message is a phrase that follows the name of the file.
 */
export class EditRefusal extends Error {}

/** The refusal of a text that is not what its format asks for; line and column count from 1. */
export function unreadable(format: string, line: number, column: number, reason: string): EditRefusal {
  return new EditRefusal(`is not ${format}: ${reason} in line ${line}, column ${column}`)
}

/** Line and column, from 1, of a place in a text. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
