import { structuredPatch } from 'diff'
import type { Plan } from './plan.js'

/** Lines shown around a change: few, because a neighbouring line may contain a token. */
const CONTEXT_LINES = 2
/** Longer lines are cut: a file may be a single line. */
const MAX_LINE_LENGTH = 200
/** Characters around the change in such a line. */
const CONTEXT_CHARACTERS = 30

/** The change as a unified diff. */
export function showChange({ file: { path }, before, after }: Plan): string {
  const [oldText, newText] = [before ?? '', after ?? '']
  const { hunks } = structuredPatch(path, path, oldText, newText, '', '', { context: CONTEXT_LINES })
  const lines = hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...shorten(hunk.lines),
  ])
  const heads = [`--- ${before === null ? '/dev/null' : path}`, `+++ ${after === null ? '/dev/null' : path}`]
  return [...heads, ...lines].map((line) => `${line.replace(/\r$/, '')}\n`).join('')
}

/** An empty range is numbered by the line before it. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}

/** Cuts long lines around the change in them. */
function shorten(lines: string[]): string[] {
  const longLines = (sign: string) =>
    lines.filter((line) => line.startsWith(sign) && line.length > MAX_LINE_LENGTH)
  const [removed = ''] = longLines('-')
  const [added = ''] = longLines('+')
  const start = Math.max(1, commonStart(removed.slice(1), added.slice(1)) + 1 - CONTEXT_CHARACTERS)
  const end = Math.max(0, commonEnd(removed, added) - CONTEXT_CHARACTERS)
  return lines.map((line) => {
    if (line.length <= MAX_LINE_LENGTH) return line
    if (line.startsWith(' ')) return cutTo(line, 1, MAX_LINE_LENGTH)
    // A line without counterpart is completely new or removed.
    if (removed === '' || added === '') return line
    return cutTo(line, start, line.length - end)
  })
}

function cutTo(line: string, start: number, end: number): string {
  return `${line.charAt(0)}${start > 1 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`
}

function commonStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

function commonEnd(one: string, other: string): number {
  let length = 0
  while (length < Math.min(one.length, other.length) && one.at(-1 - length) === other.at(-1 - length))
    length += 1
  return length
}
