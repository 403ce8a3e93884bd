import type { Piece } from '../../domain/chunk.js'
import { ellipsize, stripControls, truncate } from '../../domain/text.js'

const MAX_LINE_LENGTH = 200

/** Fields of a tool's input that name its target, most specific first, in the spellings of different agents. */
const TARGET_FIELDS = [
  ...['command', 'cmd', 'path', 'file_path', 'filePath', 'absolute_path', 'dir_path', 'notebook_path'],
  ...['query', 'pattern', 'url', 'description', 'prompt'],
]

/** Text of an agent as one readable line of at most 200 characters. */
export function lineOf(text: string): string {
  const line = stripControls(truncate(text, 8 * MAX_LINE_LENGTH))
    .replace(/\s+/g, ' ')
    .trim()
  return ellipsize(line, MAX_LINE_LENGTH)
}

/** The target of a tool from its input, as one line; empty if no field has it. */
export function workedOn(input: Record<string, unknown>): string {
  const values = TARGET_FIELDS.map((name) => input[name])
  const telling = values.find((value) => typeof value === 'string' && value.trim() !== '')
  if (typeof telling === 'string') return lineOf(telling)
  const words = values.find(
    (value) => Array.isArray(value) && value.every((word) => typeof word === 'string'),
  )
  return Array.isArray(words) ? lineOf(words.join(' ')) : ''
}

/** A plan is repeated with each step, so it becomes one line about the current step. */
export function planPieces(steps: { text: string; status: 'done' | 'now' | 'open' }[]): Piece[] {
  if (steps.length === 0) return []
  const done = steps.filter(({ status }) => status === 'done').length
  const now = steps.find(({ status }) => status === 'now')
  const step = now ? `, now: ${lineOf(now.text)}` : ''
  return [{ kind: 'thought', content: `Plan: ${done} of ${steps.length} done${step}\n` }]
}
