/**
 * Commands that people and scripts call again and again. They need neither the settings nor the daemon's code, so they run
 * from a bundle without those (bundle.mjs); whichever is not here only starts a little later.
 */
const QUICK: ReadonlySet<string> = new Set([
  'run',
  'exec',
  'ls',
  'show',
  'tail',
  'respond',
  'cancel',
  'pin',
  'unpin',
  'purge',
  'start',
  'stop',
  'status',
  'agents',
  'token',
  'db',
  'help',
])

/** Options of all commands that are followed by a value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--state-dir', '--config'])

/** Whether a command line, without node and script, is one of those; one that names no command is. */
export function isQuick(argv: readonly string[]): boolean {
  for (let place = 0; place < argv.length; place += 1) {
    const word = argv[place] ?? ''
    if (WITH_VALUE.has(word)) place += 1
    else if (!word.startsWith('-')) return QUICK.has(word)
  }
  return true
}
