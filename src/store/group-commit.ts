import type Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { createFileIdentityCheck } from './file-identity.js'
import { isConstraintViolation, translateSqliteError } from './sqlite-errors.js'

/**
 * Commits the writes of several tasks in one transaction, because with synchronous = FULL each commit costs a disk flush,
 * whatever its size. A step resolves after the commit. A step that throws a SpoolError is rolled back alone; if the
 * database itself fails, every step of the group rejects and none has happened.
 */
export interface GroupCommit {
  /** `work` must be synchronous: the transaction ends when it returns. */
  write<T>(work: () => T): Promise<T>
  /** Commits in a separate transaction, so that a failure affects no other step. For background work. */
  writeAlone<T>(work: () => T): Promise<T>
  /** Commits the waiting steps now. */
  flush(): void
}

interface Step {
  work: () => unknown
  resolve: (value: never) => void
  reject: (error: SpoolError) => void
}

type StepResult = { value: unknown } | { error: SpoolError }

export function createGroupCommit(sqlite: Database.Database, file: string): GroupCommit {
  const assertSameFile = createFileIdentityCheck(file)
  let waiting: Step[] = []
  let scheduled: NodeJS.Immediate | undefined

  // A savepoint inside the group's transaction; a transaction by itself.
  const runWork = sqlite.transaction((work: () => unknown) => work())
  const runGroup = sqlite.transaction((steps: Step[]): StepResult[] => steps.map(runOne))

  function runOne(step: Step): StepResult {
    return resultOf(() => runWork(step.work))
  }

  /** An error rolls back the transaction itself, so no savepoint is needed. */
  function runAlone(step: Step): StepResult {
    return resultOf(() => runWork.immediate(step.work))
  }

  function resultOf(run: () => unknown): StepResult {
    try {
      return { value: run() }
    } catch (error) {
      if (error instanceof SpoolError) return { error }
      // A step that violates a constraint must not fail the others.
      if (isConstraintViolation(error)) return { error: translateSqliteError(error, file) }
      throw error
    }
  }

  function flush(): void {
    if (scheduled) clearImmediate(scheduled)
    scheduled = undefined
    const steps = waiting
    waiting = []
    if (steps.length === 0) return
    let results: StepResult[]
    try {
      assertSameFile()
      results = steps.length === 1 ? [runAlone(steps[0] as Step)] : runGroup.immediate(steps)
    } catch (error) {
      const failure = translateSqliteError(error, file)
      for (const step of steps) step.reject(failure)
      return
    }
    steps.forEach((step, index) => {
      const result = results[index] as StepResult
      if ('error' in result) step.reject(result.error)
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
        assertSameFile()
        return runWork.immediate(work) as ReturnType<typeof work>
      } catch (error) {
        throw translateSqliteError(error, file)
      }
    },
    flush,
  }
}
