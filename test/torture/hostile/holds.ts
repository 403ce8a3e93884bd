import fc from 'fast-check'

/** Repeat a run that failed with SPOOLD_TEST_SEED. */
export const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

/** Time limit for a response, ms; far more than a busy machine needs. */
const LIMIT_MS = 60_000

/** Checks a property with `runs` random cases, and reduces a failing case to a minimal one. */
export async function holds<Case>(
  runs: number,
  cases: fc.Arbitrary<Case>,
  check: (given: Case) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(cases, check), { numRuns: runs, seed: SEED })
}

/** Rejects, naming `what`, if the work takes longer than LIMIT_MS. */
export async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${LIMIT_MS} ms`)), LIMIT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
