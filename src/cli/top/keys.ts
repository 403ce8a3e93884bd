/** The keys of `top`, for its help on the screen and on the command line. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓ j k', 'select a task (also PgUp, PgDn, g, G)'],
  ['Enter f', 'follow it on the normal screen; Ctrl-C returns'],
  ['c', 'cancel it, after y'],
  ['r', 'show its question and respond'],
  ['a', 'show or hide ended tasks'],
  ['? h', 'show these keys'],
  ['q Ctrl-C', 'quit; tasks continue'],
]

export function keysText(): string {
  return KEYS.map(([keys, what]) => `  ${keys.padEnd(10)}${what}\n`).join('')
}
