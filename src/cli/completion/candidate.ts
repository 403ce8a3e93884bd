import { oneLine } from '../../domain/text.js'
import type { Shell } from './shells.js'

/** A possible word at the cursor, with a description. */
export interface Candidate {
  word: string
  does?: string | undefined
}

/** The possible words at the cursor, or a kind of word that the shell completes itself. */
export type Candidates = readonly Candidate[] | 'files' | 'directories' | 'commands'

const MAX_DESCRIPTION_LENGTH = 60

/**
 * The lines for the scripts of completion/scripts.ts. Descriptions contain messages of tasks, so they are cleaned to one line
 * without tabs; a word with control characters is omitted.
 */
export function outputLines(candidates: Candidates, shell: Shell): string {
  if (typeof candidates === 'string') return `${candidates}\n`
  const lines = candidates
    .filter(({ word }) => !/\p{Cc}/u.test(word))
    .map(({ word, does }) => {
      const description = does === undefined || shell === 'bash' ? '' : oneLine(does, MAX_DESCRIPTION_LENGTH)
      return description === '' ? word : `${word}\t${description}`
    })
  return `${['words', ...lines].join('\n')}\n`
}
