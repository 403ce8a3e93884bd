/** Places in a text are counted in UTF-16 units, as JavaScript does; one inside a surrogate pair would halve a character. */
export function isInsideCharacter(text: string, place: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(place - 1, place + 1))
}

/** The place itself, or the one before it where it is inside a character. */
export function wholeCharacters(text: string, place: number): number {
  return isInsideCharacter(text, place) ? place - 1 : place
}
