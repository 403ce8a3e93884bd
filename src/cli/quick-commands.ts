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
  'search',
  'export',
  'stats',
  'respond',
  'cancel',
  'pin',
  'unpin',
  'purge',
  'stop',
  'status',
  'agents',
  'token',
  'completion',
  '__complete',
  'help',
])

/** Options of all commands that are followed by a value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--state-dir', '--config'])

/** The word that names the command in a command line (without node and script); undefined where there is none. */
export function commandWord(argv: readonly string[]): string | undefined {
  for (let place = 0; place < argv.length; place += 1) {
    const word = argv[place] ?? ''
    if (WITH_VALUE.has(word)) place += 1
    else if (!word.startsWith('-')) return word
  }
  return undefined
}

/** Whether a quick bundle is enough; it is for a line without a command, which asks for help or the version. */
export function isQuick(word: string | undefined): boolean {
  return word === undefined || QUICK.has(word)
}
