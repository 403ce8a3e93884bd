/**
 * Text as roff takes it literally (groff_char(7)): backslashes, hyphens that are to be copied as such, and the quotes and
 * marks that typesetting would change; a line must not begin with a dot or an apostrophe, which begin requests.
 */
export function roff(text: string): string {
  return text
    .replace(/[\\\-'`^~]/g, (mark) => MARKS[mark] ?? mark)
    .replace(/"/g, '\\(dq')
    .replace(/…/g, '...')
    .replace(/[^\n -~]/gu, (character) => `\\[u${hex(character)}]`)
    .replace(/^\./gm, '\\&.')
}

const MARKS: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

/** A word in bold, wherever it stands in a line. */
export function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`
}

export function section(title: string, ...lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines]
}

/** Paragraphs with a term in bold before each. */
export function terms(entries: readonly (readonly [term: string, text: string])[]): string[] {
  return entries.flatMap(([term, text]) => ['.TP', bold(term), roff(text)])
}
