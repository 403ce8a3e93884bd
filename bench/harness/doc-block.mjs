import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Puts what a command has made into a page, between `<!-- NAME -->` and `<!-- /NAME -->`, in place of what it made
 * before. Throws where the page has no such place.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} text Markdown
 */
export function writeDocBlock(file, name, text) {
  const page = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no place between ${begin} and ${end}`)
  const next = `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`
  if (next !== page) writeFileSync(file, next)
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
