import { median } from './statistics.mjs'

/**
 * One row of the benchmark's tables.
 *
 * @typedef {object} Row
 * @property {string} name what is measured
 * @property {number} value
 * @property {string} unit of the value; '×' for a ratio
 * @property {number} [minTarget] the target, if more is better
 * @property {number} [maxTarget] the target, if less is better
 * @property {Side[]} sides the measured values from which the value is computed
 * @property {string} [note] explains the value
 *
 * @typedef {object} Side
 * @property {string} name
 * @property {string} unit of its values
 * @property {number[]} values one per round
 */

/**
 * The median of the measured side divided by the median of the baseline.
 *
 * @param {{ name: string, measured: Side, baseline: Side, minTarget?: number, maxTarget?: number, note?: string }} options
 * @returns {Row}
 */
export function ratioRow({ measured, baseline, ...rest }) {
  const value = median(measured.values) / median(baseline.values)
  return { ...rest, value, unit: '×', sides: [measured, baseline] }
}

/** @param {Row} row @returns {boolean | undefined} undefined without a target */
export function isMet({ value, minTarget, maxTarget }) {
  if (minTarget !== undefined) return value >= minTarget
  if (maxTarget !== undefined) return value <= maxTarget
  return undefined
}
