import { structuredPatch } from 'diff'
import type { Plan } from './plan.js'

/** Lines around a change that are shown: few, since a token may stand in the next one. */
const CONTEXT_LINES = 2
/** Longer lines are cut: a file on one line would be shown with all that is in it. */
const MAX_LINE_LENGTH = 200
/** Characters around the change in such a line. */
const CONTEXT_CHARACTERS = 30

/** A plan as a unified diff, each line ended. */
export function showChange({ file: { path }, before, after }: Plan): string {
  const [old, fresh] = [before ?? '', after ?? '']
  const { hunks } = structuredPatch(path, path, old, fresh, '', '', { context: CONTEXT_LINES })
  const lines = hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...shorten(hunk.lines),
  ])
  const heads = [`--- ${before === null ? '/dev/null' : path}`, `+++ ${after === null ? '/dev/null' : path}`]
  return [...heads, ...lines].map((line) => `${line.replace(/\r$/, '')}\n`).join('')
}

/** Of no lines, the place is the line before them. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}

/** Long lines cut to what is about the change in them. */
function shorten(lines: string[]): string[] {
  const longOnes = (sign: string) =>
    lines.filter((line) => line.startsWith(sign) && line.length > MAX_LINE_LENGTH)
  const [removed = ''] = longOnes('-')
  const [added = ''] = longOnes('+')
  const start = Math.max(1, commonStart(removed.slice(1), added.slice(1)) + 1 - CONTEXT_CHARACTERS)
  const end = Math.max(0, commonEnd(removed, added) - CONTEXT_CHARACTERS)
  return lines.map((line) => {
    if (line.length <= MAX_LINE_LENGTH) return line
    if (line.startsWith(' ')) return cutTo(line, 1, MAX_LINE_LENGTH)
    // What has no counterpart is all ours.
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
