/** The size of a task's output at a time (ms since 1970). */
export interface Sample {
  at: number
  bytes: number
}

/** Long enough that single lines do not make the rate jump. */
const WINDOW_MS = 5_000

/** The samples for a rate, newest last: those within the window, but at least two if there are two. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const kept = samples.filter(({ at }) => sample.at - at <= WINDOW_MS && at < sample.at)
  const last = samples.at(-1)
  if (kept.length === 0 && last !== undefined && last.at < sample.at) kept.push(last)
  return [...kept, sample]
}

/** Bytes per second over the samples; null with fewer than two. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at <= first.at) return null
  return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at))
}
