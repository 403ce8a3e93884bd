import type { MatchAnswer } from '../../mcp/answers/search.js'
import { excerpt } from '../render/clean-text.js'
import { formatAge } from '../render/units.js'

const INDENT = '  '
/** Lines of a snippet. */
const MOST_LINES = 3

/**
 * What `spoold search` prints: for each task its id, age, agent, status and message on one line, under it the best place,
 * and how to read on there.
 *
 * @param now ms since 1970
 * @param columns of the terminal
 */
export function matchCards(matches: MatchAnswer[], now: number, columns = 100): string {
  const cards = matches.map((match) => {
    const head = [match.task_id, formatAge(Date.parse(match.created_at), now), match.agent, match.status]
    const place =
      match.chunk_index === null
        ? 'in the message'
        : `spoold tail ${match.task_id} --from ${match.chunk_index}`
    const lines = [
      head.map((word) => excerpt(word, 40)).join('  '),
      // Where the words are in the message, the snippet shows it already.
      ...(match.chunk_index === null ? [] : [`${INDENT}> ${excerpt(match.message, columns - 4)}`]),
      ...snippetLines(match.snippet, columns - 2 * INDENT.length).map((line) => INDENT + INDENT + line),
      `${INDENT}${place}`,
    ]
    return `${lines.join('\n')}\n`
  })
  return cards.join('\n')
}

/** Wrapped at words; what is beyond the last line is cut. */
function snippetLines(snippet: string, width: number): string[] {
  const lines: string[] = []
  for (const word of excerpt(snippet, MOST_LINES * width).split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(excerpt(word, width))
  }
  return lines.slice(0, MOST_LINES)
}
