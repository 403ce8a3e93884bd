import { constants } from 'node:os'
import { takeEnd } from '../../domain/text.js'

const MAX_REASON_LENGTH = 400
const REASON_LINES = 3

/** `exit code 3`, or `exit code 137 (SIGKILL)`: a shell's code for an end by signal n is 128 + n. */
export function describeExit(exitCode: number | null): string {
  if (exitCode === null) return 'no exit code'
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)
  return signal === undefined ? `exit code ${exitCode}` : `exit code ${exitCode} (${signal[0]})`
}

/** The last lines of standard error, which mostly say why a process failed, as one line; empty where there are none. */
export function lastWords(stderrTail: string): string {
  const lines = stderrTail.split('\n').map((line) => line.trim())
  const words = lines
    .filter((line) => line !== '')
    .slice(-REASON_LINES)
    .join(' / ')
  return words.length <= MAX_REASON_LENGTH ? words : `…${takeEnd(words, MAX_REASON_LENGTH - 1)}`
}

/** A sentence with its reason, where standard error has one. */
export function withLastWords(sentence: string, stderrTail: string): string {
  const words = lastWords(stderrTail)
  return words === '' ? sentence : `${sentence}: ${words}`
}
