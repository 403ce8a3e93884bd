import type { Key as InkKey } from 'ink'
import type { Key } from './keymap.js'

/** The keys of one input event of ink, which has several characters if they were typed quickly or pasted. */
export function keysOf(input: string, key: InkKey): Key[] {
  if (key.ctrl) return input === 'c' ? ['ctrl-c'] : []
  if (key.upArrow) return ['up']
  if (key.downArrow) return ['down']
  if (key.pageUp) return ['page-up']
  if (key.pageDown) return ['page-down']
  if (key.home) return ['home']
  if (key.end) return ['end']
  if (key.escape) return ['escape']
  if (key.return) return ['enter']
  if (key.meta) return []
  return [...input].map((character) => (character === '\r' || character === '\n' ? 'enter' : character))
}
