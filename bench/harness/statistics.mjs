/**
 * The value below which the share of the values lies (nearest rank).
 *
 * @param {number[]} values at least one; left as they are
 * @param {number} share of 1, such as 0.99
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** @param {number[]} values at least one; left as they are */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
