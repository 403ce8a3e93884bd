/** `task-`, the ten characters of an id that are its time in ms, and two that are random. */
const LEAST = 'task-'.length + 10 + 2

/**
 * How many characters of these ids tell them apart. The time in an id is part of them, so they also differ from those of
 * tasks that are not among these, and other commands accept them.
 */
export function shortIdLength(ids: readonly string[]): number {
  const sorted = [...ids].sort()
  let length = LEAST
  for (const [place, id] of sorted.entries()) {
    const before = sorted[place - 1]
    if (before === undefined || before === id) continue
    let common = 0
    while (common < id.length && id[common] === before[common]) common += 1
    length = Math.max(length, common + 1)
  }
  return length
}
