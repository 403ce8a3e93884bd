/**
 * The torture tests have a short form, which is part of `npm test`, and a long form, `npm run torture`. They differ only in the
 * amounts.
 */
export const isLong = process.env.SPOOLD_TORTURE === 'long'

/** The amount for the current form. */
export function inForm<T>(amounts: { short: T; long: T }): T {
  return isLong ? amounts.long : amounts.short
}
