/** The keys of `top`, for its help on the screen and on the command line. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓ j k', 'choose a task (PgUp, PgDn, g and G go further)'],
  ['Enter f', 'follow it on the normal screen; Ctrl-C there comes back'],
  ['c', 'cancel it, after a y'],
  ['r', 'see what it asks, and answer'],
  ['a', 'show those that have ended, too; again: only what is active'],
  ['? h', 'these keys'],
  ['q Ctrl-C', 'quit; tasks go on'],
]

export function keysText(): string {
  return KEYS.map(([keys, what]) => `  ${keys.padEnd(10)}${what}\n`).join('')
}
