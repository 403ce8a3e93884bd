import { MARKS } from '../domain/search.js'

/** FTS5's marks around each hit in a text. Stored output has no control characters; a message may have them. */
export const HIT_MARKS = { before: '\u0002', after: '\u0003' } as const

/** Lengths in UTF-16 units: of the window whose hits are counted, of the text before it, and of the whole snippet. */
const WINDOW_LENGTH = 160
const CONTEXT_LENGTH = 60
const SNIPPET_LENGTH = 240
/** Only the first hits are considered. */
const MAX_HITS = 2_000

interface Hit {
  start: number
  /** After its closing mark. */
  end: number
  word: string
}

/**
 * The best snippet of a text in which HIT_MARKS mark the hits: around the first window with the most different words.
 * Returns it with MARKS, and the offset of its first hit in the text without marks. (The time of FTS5's own snippet()
 * grows with the square of the number of hits: seconds for a word that occurs ten thousand times.)
 */
export function cutSnippet(marked: string): { snippet: string; offset: number } {
  const hits = parseHits(marked)
  const first = bestHit(hits)
  const offset = removeMarks(marked.slice(0, first?.start ?? 0)).length
  const from = first === undefined ? 0 : wordStartBefore(marked, first.start)
  let to = Math.min(marked.length, from + SNIPPET_LENGTH)
  // Never inside a hit, a character or a word.
  for (const { start, end } of hits) if (start < to && end > to) to = Math.min(end, from + 2 * SNIPPET_LENGTH)
  if (to < marked.length) to = Math.max(lastWordEnd(marked, from, to), first?.end ?? 0)
  const cut = marked
    .slice(from, to)
    .replaceAll(HIT_MARKS.before, MARKS.before)
    .replaceAll(HIT_MARKS.after, MARKS.after)
  return { snippet: `${from > 0 ? '…' : ''}${cut}${to < marked.length ? '…' : ''}`, offset }
}

function parseHits(marked: string): Hit[] {
  const hits: Hit[] = []
  for (let at = 0; hits.length < MAX_HITS; ) {
    const start = marked.indexOf(HIT_MARKS.before, at)
    const last = marked.indexOf(HIT_MARKS.after, start)
    if (start < 0 || last < 0) break
    at = last + 1
    hits.push({ start, end: at, word: marked.slice(start + 1, last).toLowerCase() })
  }
  return hits
}

function bestHit(hits: Hit[]): Hit | undefined {
  let best = hits[0]
  let maxWords = 0
  const wordCounts = new Map<string, number>()
  let last = 0
  for (const hit of hits) {
    for (
      let next = hits[last];
      next !== undefined && next.end <= hit.start + WINDOW_LENGTH;
      next = hits[last]
    ) {
      wordCounts.set(next.word, (wordCounts.get(next.word) ?? 0) + 1)
      last += 1
    }
    if (wordCounts.size > maxWords) {
      maxWords = wordCounts.size
      best = hit
    }
    const left = (wordCounts.get(hit.word) ?? 0) - 1
    if (left > 0) wordCounts.set(hit.word, left)
    else wordCounts.delete(hit.word)
  }
  return best
}

/** The start of a word at most CONTEXT_LENGTH before a position. */
function wordStartBefore(marked: string, position: number): number {
  const earliest = Math.max(0, position - CONTEXT_LENGTH)
  if (earliest === 0) return 0
  const gap = marked.slice(earliest, position).search(/\s\S/)
  return gap < 0 ? position : earliest + gap + 1
}

/** The end of the last word in the second half of a snippet; without one, the end of its last character. */
function lastWordEnd(marked: string, from: number, to: number): number {
  for (let at = to; at > from + SNIPPET_LENGTH / 2; at -= 1) if (/\s/.test(marked.charAt(at))) return at
  return /[\ud800-\udbff]/.test(marked.charAt(to - 1)) ? to - 1 : to
}

function removeMarks(marked: string): string {
  return marked.replaceAll(HIT_MARKS.before, '').replaceAll(HIT_MARKS.after, '')
}
