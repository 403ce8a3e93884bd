import type Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { keepToFile } from './file-identity.js'
import { breaksRule, translateSqliteError } from './sqlite-errors.js'

/**
 * Commits what several tasks want written in one transaction: with synchronous = FULL a commit costs a flush of the
 * disk, whatever is in it. A step resolves after that commit. A step that refuses (throws a SpoolError) is undone alone;
 * when the database itself fails, every step of the group rejects and none happened.
 */
export interface GroupCommit {
  /** `work` is synchronous: an async callback would leave the transaction before its inserts. */
  write<T>(work: () => T): Promise<T>
  /** Commits it by itself: what fails in it, and in its commit, fails nobody else's step. For what nobody waits for. */
  writeAlone<T>(work: () => T): Promise<T>
  /** Commits what is waiting. */
  flush(): void
}

interface Step {
  work: () => unknown
  resolve: (value: never) => void
  reject: (error: SpoolError) => void
}

type Result = { value: unknown } | { refusal: SpoolError }

export function createGroupCommit(sqlite: Database.Database, file: string): GroupCommit {
  const refuseOtherFile = keepToFile(file)
  let waiting: Step[] = []
  let scheduled: NodeJS.Immediate | undefined

  // Inside the group's transaction a savepoint; by itself a transaction.
  const runWork = sqlite.transaction((work: () => unknown) => work())
  const runGroup = sqlite.transaction((steps: Step[]): Result[] => steps.map(runOne))

  function runOne(step: Step): Result {
    return refusedOr(() => runWork(step.work))
  }

  /** The transaction itself is what a refusal undoes: no savepoint is needed. */
  function runAlone(step: Step): Result {
    return refusedOr(() => runWork.immediate(step.work))
  }

  function refusedOr(run: () => unknown): Result {
    try {
      return { value: run() }
    } catch (error) {
      if (error instanceof SpoolError) return { refusal: error }
      // One step that breaks a rule of the tables must not take the others down with it.
      if (breaksRule(error)) {
        return { refusal: translateSqliteError(error, file) }
      }
      throw error
    }
  }

  function flush(): void {
    if (scheduled) clearImmediate(scheduled)
    scheduled = undefined
    const steps = waiting
    waiting = []
    if (steps.length === 0) return
    let results: Result[]
    try {
      refuseOtherFile()
      results = steps.length === 1 ? [runAlone(steps[0] as Step)] : runGroup.immediate(steps)
    } catch (error) {
      const failure = translateSqliteError(error, file)
      for (const step of steps) step.reject(failure)
      return
    }
    steps.forEach((step, index) => {
      const result = results[index] as Result
      if ('refusal' in result) step.reject(result.refusal)
      else step.resolve(result.value as never)
    })
  }

  return {
    write<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as Step['resolve'], reject })
        scheduled ??= setImmediate(flush)
      })
    },
    async writeAlone(work) {
      try {
        refuseOtherFile()
        return runWork.immediate(work) as ReturnType<typeof work>
      } catch (error) {
        throw translateSqliteError(error, file)
      }
    },
    flush,
  }
}
