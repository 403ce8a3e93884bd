/**
 * Escapes text for roff (groff_char(7)): backslashes, hyphens that must stay ASCII for copying, and quotes and marks that
 * typesetting would change. A line must not begin with a dot or an apostrophe, which begin requests.
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

/** Bold text within a line. */
export function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`
}

export function section(title: string, ...lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines]
}

/** Paragraphs that each start with a term in bold. */
export function terms(entries: readonly (readonly [term: string, text: string])[]): string[] {
  return entries.flatMap(([term, text]) => ['.TP', bold(term), roff(text)])
}
