import { CommanderError } from 'commander'
import { ERRORS, SpoolError, wordError } from '../domain/errors.js'
import { joinLines } from '../domain/text.js'
import { UsageError } from './usage-error.js'
import { COMMAND_LINE_WORDING } from './wording.js'

/** 0 done, 1 failed, 2 wrong usage, 3 daemon not reachable, 130 interrupted. */
export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const

/** Raised where a command has already said what there is to say and ends with this code. */
export class ExitWith extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/**
 * The exit code for what a command threw, and the sentence for standard error, which ends with the code of the error for
 * `spoold explain`; null where it was said already.
 */
export async function explainFailure(error: unknown): Promise<{ exitCode: number; sentence: string | null }> {
  if (error instanceof ExitWith) return { exitCode: error.exitCode, sentence: null }
  if (error instanceof UsageError) {
    const { usageSentence } = await import('./help/usage-sentence.js')
    return { exitCode: EXIT.usage, sentence: usageSentence(error) }
  }
  // Commander has printed the help that was asked for.
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage, sentence: null }
  }
  if (error instanceof SpoolError) {
    const sentence = joinLines(wordError(error, COMMAND_LINE_WORDING)).replace(/\.$/, '')
    const code = `(${error.code})`
    // What a daemon said that did not start may end with the same one.
    const told = sentence.endsWith(code) ? sentence : `${sentence} ${code}`
    return { exitCode: ERRORS[error.code].exitCode, sentence: told }
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exitCode: EXIT.failed, sentence: `unexpected error: ${reason}` }
}
