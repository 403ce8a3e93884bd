/** How many bytes a task had printed at a time (ms since 1970). */
export interface Sample {
  at: number
  bytes: number
}

/** Over how long a rate is taken: long enough that a line now and then does not make it jump, ms. */
const WINDOW_MS = 5_000

/** The samples that a rate needs, the newest last: those of the window, and always two where there are two. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const kept = samples.filter(({ at }) => sample.at - at <= WINDOW_MS && at < sample.at)
  const last = samples.at(-1)
  if (kept.length === 0 && last !== undefined && last.at < sample.at) kept.push(last)
  return [...kept, sample]
}

/** Bytes a second over the samples; null while there are not two of them. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at <= first.at) return null
  return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at))
}
