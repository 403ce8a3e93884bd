import fc from 'fast-check'

/** Repeat a run that failed with SPOOLD_TEST_SEED. */
export const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

/** Longest that anything may stay without an answer, ms: far more than a busy machine needs. */
export const PATIENCE_MS = 20_000

/** Checks a property with that many random cases; the one that breaks it is told as small as it can be made. */
export async function holds<Case>(
  runs: number,
  cases: fc.Arbitrary<Case>,
  check: (given: Case) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(cases, check), { numRuns: runs, seed: SEED })
}

/** Fails with what was awaited where it takes longer than PATIENCE_MS. */
export async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
