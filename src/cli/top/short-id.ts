/** `task-`, ten characters of time, and two random ones. */
const MIN_LENGTH = 'task-'.length + 10 + 2

/**
 * The length of a unique prefix of these ids. It includes the time in an id, so it is usually unique among all tasks, and
 * other commands accept it.
 */
export function shortIdLength(ids: readonly string[]): number {
  const sorted = [...ids].sort()
  let length = MIN_LENGTH
  for (const [index, id] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before === undefined || before === id) continue
    let common = 0
    while (common < id.length && id[common] === before[common]) common += 1
    length = Math.max(length, common + 1)
  }
  return length
}
