/** What a manual says beside the help of the commands. */

export const INTRODUCTION: readonly string[] = [
  'A daemon runs each task as a process of its own, keeps what it prints in a SQLite database as numbered chunks, and answers ' +
    'MCP clients and this command from there. Tasks go on while the daemon is stopped, killed or upgraded. A command that ' +
    'needs the daemon starts it where none runs.',
  'A task is called by its id or the unique beginning of it, by @last for the one that was created last, or by @-2, @-3, … ' +
    'counted back from there.',
]

/** See src/cli/errors.ts. */
export const ENDS: readonly (readonly [string, string])[] = [
  ['0', 'All was done.'],
  ['1', 'Something failed.'],
  ['2', 'Wrong usage: something that was given cannot be taken.'],
  ['3', 'No daemon can be reached.'],
  ['130', 'Interrupted by Ctrl-C; the task that was followed goes on.'],
  ['other', 'run, exec and tail end as the task ended, where it has an exit code.'],
]

export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['SPOOLD_STATE_DIR', 'Where the daemon keeps its things; --state-dir goes before it.'],
  ['SPOOLD_CONFIG', 'The config file; --config goes before it.'],
  ['SPOOLD_NO_SPAWN', 'Set to 1, no command starts a daemon.'],
  ['SPOOLD_…', 'Every setting of the daemon; spoold config shows them, docs/settings.md lists them.'],
  ['XDG_STATE_HOME, XDG_CONFIG_HOME', 'Where the two above are looked for, unless they are set.'],
  ['NO_COLOR', 'Set to anything, nothing is coloured.'],
  ['VISUAL, EDITOR', 'The program in which run lets a message be written.'],
]

export const FILES: readonly (readonly [string, string])[] = [
  ['~/.config/spoold/config.json', 'Settings and agents; spoold init writes one.'],
  ['~/.local/state/spoold/spoold.db', 'Tasks and their output, for sqlite3 too; spoold db prints its path.'],
  ['~/.local/state/spoold/daemon.log', 'What the daemon did.'],
  ['~/.local/state/spoold/token', 'What MCP clients need for HTTP; spoold token prints it.'],
]

export const SEE_ALSO =
  'spoold help COMMAND, spoold explain CODE, sqlite3(1), and the pages in the folder docs of the package.'
