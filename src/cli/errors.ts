import { CommanderError } from 'commander'
import { ERRORS, SpoolError, wordError } from '../domain/errors.js'
import { joinLines } from '../domain/text.js'
import { UsageError } from './usage-error.js'
import { COMMAND_LINE_WORDING } from './wording.js'

/** 0 success, 1 failure, 2 usage error, 3 daemon unreachable, 130 interrupted. */
export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const

/** Ends a command with an exit code; its output is already printed. */
export class ExitWith extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/**
 * The exit code for an error of a command, and the sentence for standard error, which ends with the error code for
 * `spoold explain`; null if nothing more is to be printed.
 */
export async function explainFailure(error: unknown): Promise<{ exitCode: number; sentence: string | null }> {
  if (error instanceof ExitWith) return { exitCode: error.exitCode, sentence: null }
  if (error instanceof UsageError) {
    const { usageSentence } = await import('./help/usage-sentence.js')
    return { exitCode: EXIT.usage, sentence: usageSentence(error) }
  }
  // Commander has printed the help.
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage, sentence: null }
  }
  if (error instanceof SpoolError) {
    const sentence = joinLines(wordError(error, COMMAND_LINE_WORDING)).replace(/\.$/, '')
    const code = `(${error.code})`
    // The error of a daemon that did not start may already end with the code.
    const withCode = sentence.endsWith(code) ? sentence : `${sentence} ${code}`
    return { exitCode: ERRORS[error.code].exitCode, sentence: withCode }
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exitCode: EXIT.failed, sentence: `unexpected error: ${reason}` }
}
