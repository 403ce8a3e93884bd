import { constants } from 'node:os'
import { truncateStart } from '../../domain/text.js'

const MAX_REASON_LENGTH = 400
const REASON_LINES = 3

/** `exit code 3`, or `exit code 137 (SIGKILL)`: as in a shell, 128 + n means signal n. */
export function describeExit(exitCode: number | null): string {
  if (exitCode === null) return 'no exit code'
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)
  return signal === undefined ? `exit code ${exitCode}` : `exit code ${exitCode} (${signal[0]})`
}

/** The last lines of standard error as one line, usually the reason of a failure; empty if there are none. */
export function lastWords(stderrTail: string): string {
  const lines = stderrTail.split('\n').map((line) => line.trim())
  const words = lines
    .filter((line) => line !== '')
    .slice(-REASON_LINES)
    .join(' / ')
  return words.length <= MAX_REASON_LENGTH ? words : `…${truncateStart(words, MAX_REASON_LENGTH - 1)}`
}

/** A sentence with the reason from standard error, if there is one. */
export function withReason(sentence: string, stderrTail: string): string {
  const words = lastWords(stderrTail)
  return words === '' ? sentence : `${sentence}: ${words}`
}
