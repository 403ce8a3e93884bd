/** The text of the manual page besides the help of the commands. */

export const INTRODUCTION: readonly string[] = [
  'A daemon runs each task as a separate process, stores its output in a SQLite database as numbered chunks, and serves MCP ' +
    'clients and this command from there. Tasks continue while the daemon is stopped, killed or upgraded. A command that ' +
    'needs the daemon starts it if it is not running.',
  'A task is named by its id or a unique prefix of it, by @last (the newest task), or by @-2, @-3, … (counted back from ' +
    'the newest).',
]

/** See src/cli/errors.ts. */
export const EXIT_CODES: readonly (readonly [string, string])[] = [
  ['0', 'Success.'],
  ['1', 'Failure.'],
  ['2', 'Usage error, or invalid input.'],
  ['3', 'The daemon cannot be reached.'],
  ['130', 'Interrupted by Ctrl-C; the followed task continues.'],
  ['other', 'run, exec and tail exit with the exit code of the task, if it has one.'],
]

export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['SPOOLD_STATE_DIR', 'The state directory; --state-dir takes precedence.'],
  ['SPOOLD_CONFIG', 'The config file; --config takes precedence.'],
  ['SPOOLD_NO_SPAWN', 'If set to 1, no command starts a daemon.'],
  ['SPOOLD_…', 'All settings of the daemon; see spoold config and docs/settings.md.'],
  ['XDG_STATE_HOME, XDG_CONFIG_HOME', 'Base directories of the defaults of the two above.'],
  ['NO_COLOR', 'If set, output has no colour.'],
  ['VISUAL, EDITOR', 'The editor for spoold run --edit.'],
]

export const FILES: readonly (readonly [string, string])[] = [
  ['~/.config/spoold/config.json', 'Settings and agents; spoold init creates it.'],
  ['~/.local/state/spoold/spoold.db', 'Tasks and their output; spoold db prints its path.'],
  ['~/.local/state/spoold/daemon.log', 'The log of the daemon.'],
  ['~/.local/state/spoold/token', 'The bearer token of MCP clients; spoold token prints it.'],
]

export const SEE_ALSO =
  'spoold help COMMAND, spoold explain CODE, sqlite3(1), and the folder docs of the package.'
