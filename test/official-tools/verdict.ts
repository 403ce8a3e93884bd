import baseline from './baseline.json' with { type: 'json' }
import type { Check } from './official-runner.js'

/** A check that spoold cannot pass, and why. */
export interface KnownFailure {
  /** The group of scenarios, as the test names it. */
  group: string
  scenario: string
  check: string
  reason: string
}

export const KNOWN_FAILURES: readonly KnownFailure[] = baseline

export interface Counts {
  passed: number
  failed: number
  baselined: number
  /** Checks that the runner itself says do not apply to this server. */
  skipped: number
}

/** Counts the checks of one scenario, and lists the problems: new failures, and known ones that pass by now. */
export function judge(
  checks: readonly Check[] | undefined,
  known: readonly KnownFailure[],
): { counts: Counts; problems: string[] } {
  const counts: Counts = { passed: 0, failed: 0, baselined: 0, skipped: 0 }
  const problems: string[] = []
  const fail = (sentence: string) => {
    counts.failed += 1
    problems.push(sentence)
  }
  if (checks === undefined) fail('the runner produced no result')
  for (const check of checks ?? []) {
    if (check.status === 'SUCCESS') counts.passed += 1
    else if (!isFailure(check)) counts.skipped += 1
    else if (known.some((entry) => entry.check === check.id)) counts.baselined += 1
    else fail(`${check.id} (${check.description}): ${check.errorMessage ?? 'no reason given'}`)
  }
  for (const entry of known) {
    const stillFails = checks?.some((check) => check.id === entry.check && isFailure(check)) ?? false
    if (!stillFails) fail(`${entry.check} is in baseline.json but passes now: remove it`)
  }
  return { counts, problems }
}

/** As in the runner's own baselines, a warning counts as a failure. */
function isFailure({ status }: Check): boolean {
  return status === 'FAILURE' || status === 'WARNING'
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum = (of: keyof Counts) => all.reduce((total, counts) => total + counts[of], 0)
  return {
    passed: sum('passed'),
    failed: sum('failed'),
    baselined: sum('baselined'),
    skipped: sum('skipped'),
  }
}
