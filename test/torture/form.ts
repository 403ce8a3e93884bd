/**
 * The torture has two forms: the short one is part of `npm test`, the long one is `npm run torture`. Both are the same
 * tests; they differ in how much of it there is.
 */
export const isLong = process.env.SPOOLD_TORTURE === 'long'

/** The amount for the form that runs. */
export function inForm<T>(amounts: { short: T; long: T }): T {
  return isLong ? amounts.long : amounts.short
}
