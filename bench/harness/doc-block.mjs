import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Replaces the text between `<!-- NAME -->` and `<!-- /NAME -->` in a page. Throws if the page does not have these markers.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} text Markdown
 */
export function writeDocBlock(file, name, text) {
  const page = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} does not contain ${begin} and ${end}`)
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
