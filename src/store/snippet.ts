import { MARKS } from '../domain/search.js'

/** What FTS5 puts around what it finds in a text. Decoders keep no controls, so no agent's text has them; a message may. */
export const FOUND = { before: '\u0002', after: '\u0003' } as const

/** A snippet in UTF-16 units: what is looked at for the best place, what stands before it, and all of it. */
const PLACE_LENGTH = 160
const LENGTH_BEFORE = 60
const LENGTH = 240
/** More finds than these are not weighed up. */
const MAX_WEIGHED = 2_000

interface Find {
  start: number
  /** Behind its last mark. */
  end: number
  word: string
}

/**
 * The best place of a text in which FOUND marks what was found: the first with the most different words close together. Gives
 * the text around it with MARKS, and where in the text without marks its first find begins. (FTS5's own snippet() takes the
 * square of the number of finds: seconds where a word is there ten thousand times.)
 */
export function cutSnippet(marked: string): { snippet: string; offset: number } {
  const finds = findsIn(marked)
  const first = bestOf(finds)
  const offset = withoutMarks(marked.slice(0, first?.start ?? 0)).length
  const from = first === undefined ? 0 : beginningBefore(marked, first.start)
  let to = Math.min(marked.length, from + LENGTH)
  // Not inside of a find, nor of a character or a word.
  for (const { start, end } of finds) if (start < to && end > to) to = Math.min(end, from + 2 * LENGTH)
  if (to < marked.length) to = Math.max(lastGap(marked, from, to), first?.end ?? 0)
  const cut = marked
    .slice(from, to)
    .replaceAll(FOUND.before, MARKS.before)
    .replaceAll(FOUND.after, MARKS.after)
  return { snippet: `${from > 0 ? '…' : ''}${cut}${to < marked.length ? '…' : ''}`, offset }
}

function findsIn(marked: string): Find[] {
  const finds: Find[] = []
  for (let at = 0; finds.length < MAX_WEIGHED; ) {
    const start = marked.indexOf(FOUND.before, at)
    const last = marked.indexOf(FOUND.after, start)
    if (start < 0 || last < 0) break
    at = last + 1
    finds.push({ start, end: at, word: marked.slice(start + 1, last).toLowerCase() })
  }
  return finds
}

function bestOf(finds: Find[]): Find | undefined {
  let best = finds[0]
  let most = 0
  const near = new Map<string, number>()
  let last = 0
  for (const find of finds) {
    for (
      let next = finds[last];
      next !== undefined && next.end <= find.start + PLACE_LENGTH;
      next = finds[last]
    ) {
      near.set(next.word, (near.get(next.word) ?? 0) + 1)
      last += 1
    }
    if (near.size > most) {
      most = near.size
      best = find
    }
    const left = (near.get(find.word) ?? 0) - 1
    if (left > 0) near.set(find.word, left)
    else near.delete(find.word)
  }
  return best
}

/** Some way before a place, at the beginning of a word. */
function beginningBefore(marked: string, place: number): number {
  const earliest = Math.max(0, place - LENGTH_BEFORE)
  if (earliest === 0) return 0
  const gap = marked.slice(earliest, place).search(/\s\S/)
  return gap < 0 ? place : earliest + gap + 1
}

/** The last gap between words in the second half of a stretch; its end, at a character, where there is none. */
function lastGap(marked: string, from: number, to: number): number {
  for (let at = to; at > from + LENGTH / 2; at -= 1) if (/\s/.test(marked.charAt(at))) return at
  return /[\ud800-\udbff]/.test(marked.charAt(to - 1)) ? to - 1 : to
}

function withoutMarks(marked: string): string {
  return marked.replaceAll(FOUND.before, '').replaceAll(FOUND.after, '')
}
