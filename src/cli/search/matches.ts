import { MARKS } from '../../domain/search.js'
import { oneLine } from '../../domain/text.js'
import type { MatchResult } from '../../mcp/tools/task-search.js'
import type { Paint } from '../terminal/colour.js'
import { STATUS_STYLES } from '../terminal/task-table.js'
import { formatAge } from '../terminal/units.js'

const INDENT = '  '
const MAX_SNIPPET_LINES = 3
const DEFAULT_WIDTH = 100
const HIT = new RegExp(`${MARKS.before}[^${MARKS.before}${MARKS.after}]*${MARKS.after}`, 'gu')

export interface MatchCardsOptions {
  /** ms since 1970. */
  now: number
  /** Width of the terminal; undefined if there is none. */
  columns: number | undefined
  paint: Paint
}

/**
 * The output of `spoold search`: for each task one line with id, age, agent and status, then its message, the best snippet,
 * and the command to read on there.
 */
export function matchCards(
  matches: MatchResult[],
  { now, columns = DEFAULT_WIDTH, paint }: MatchCardsOptions,
): string {
  const cards = matches.map((match) => {
    const isInMessage = match.chunk_index === null
    const status = paint(STATUS_STYLES[match.status], oneLine(match.status, 20))
    const head = [match.task_id, formatAge(Date.parse(match.created_at), now), match.agent]
    const location = isInMessage
      ? 'in the message'
      : `spoold tail ${match.task_id} --from ${match.chunk_index}`
    const lines = [
      [...head.map((word) => oneLine(word, 40)), status].join('  '),
      // A snippet of the message shows it already.
      ...(isInMessage ? [] : [`${INDENT}> ${oneLine(match.message, columns - 4)}`]),
      ...snippetLines(match.snippet, columns - 2 * INDENT.length).map(
        (line) => INDENT + INDENT + line.replace(HIT, (hit) => paint('bold', hit)),
      ),
      INDENT + paint('dim', oneLine(location, 100)),
    ]
    return `${lines.join('\n')}\n`
  })
  return cards.join('\n')
}

/** Wrapped at words, and cut after the last line. */
function snippetLines(snippet: string, width: number): string[] {
  const lines: string[] = []
  for (const word of oneLine(snippet, MAX_SNIPPET_LINES * width).split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`
    } else lines.push(oneLine(word, width))
  }
  return lines.slice(0, MAX_SNIPPET_LINES)
}
