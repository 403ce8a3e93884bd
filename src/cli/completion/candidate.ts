import { oneLine } from '../../domain/text.js'
import type { Shell } from './shells.js'

/** A word that may stand at the cursor, and what it means. */
export interface Candidate {
  word: string
  does?: string | undefined
}

/** What may stand at the cursor: words, or what the shell itself knows. */
export type Candidates = readonly Candidate[] | 'files' | 'directories' | 'commands'

const MAX_DESCRIPTION_LENGTH = 60

/**
 * The lines that a script of completion/scripts.ts reads. Messages of tasks come from anybody: they become one clean line
 * without tabs, and a word that would not be one line is left out.
 */
export function answerLines(candidates: Candidates, shell: Shell): string {
  if (typeof candidates === 'string') return `${candidates}\n`
  const lines = candidates
    .filter(({ word }) => !/\p{Cc}/u.test(word))
    .map(({ word, does }) => {
      const told = does === undefined || shell === 'bash' ? '' : oneLine(does, MAX_DESCRIPTION_LENGTH)
      return told === '' ? word : `${word}\t${told}`
    })
  return `${['words', ...lines].join('\n')}\n`
}
