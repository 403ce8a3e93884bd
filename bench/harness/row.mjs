import { median } from './statistics.mjs'

/**
 * One line of the benchmark's table.
 *
 * @typedef {object} Row
 * @property {string} what what was measured
 * @property {number} figure what it came to
 * @property {string} unit of the figure; '×' for a ratio
 * @property {number} [atLeast] the target, where more is better
 * @property {number} [atMost] the target, where less is better
 * @property {Side[]} sides what the figure was made of
 * @property {string} [note] what a reader has to know to understand the figure
 *
 * @typedef {object} Side
 * @property {string} name
 * @property {string} unit of its values
 * @property {number[]} values one a round
 */

/**
 * The median of ours over the median of theirs. With `atLeast` the sides are rates, with `atMost` costs.
 *
 * @param {{ what: string, ours: Side, theirs: Side, atLeast?: number, atMost?: number, note?: string }} compared
 * @returns {Row}
 */
export function ratioRow({ ours, theirs, ...rest }) {
  return { ...rest, figure: median(ours.values) / median(theirs.values), unit: '×', sides: [ours, theirs] }
}

/** @param {Row} row @returns {boolean | undefined} undefined where there is no target */
export function isMet({ figure, atLeast, atMost }) {
  if (atLeast !== undefined) return figure >= atLeast
  if (atMost !== undefined) return figure <= atMost
  return undefined
}
