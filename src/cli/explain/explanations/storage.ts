import type { ErrorCode } from '../../../domain/errors.js'
import type { Explanation } from '../explanation.js'

/** About the database and the files beside it. */
export const STORAGE = {
  storage_full: {
    means: 'The disk is full. What was asked was not done, and nothing that was stored is lost.',
    causes: [
      'the disk with the state directory has no room, or the quota of the user is used up',
      'a task writes more than there is room for',
      'before a new schema there is no room for the copy of the database',
    ],
    remedies: [
      'Free some space. A running daemon goes on by itself; what tasks wrote meanwhile waits in their spools.',
      'See who writes much: `spoold ls`; `spoold cancel ID` works on a full disk too.',
      'Remove old tasks once there is a little room: `spoold purge --older-than 7d` (`--dry-run` tells how much that is).',
      'Bound a task with outputLimitBytes (SPOOLD_OUTPUT_LIMIT).',
    ],
  },
  storage_readonly: {
    means: 'spoold may not write where it keeps its things.',
    causes: [
      'a file or directory belongs to another user, for example after a start with sudo',
      'the file system is mounted to read only',
    ],
    remedies: [
      'See what is wrong: `spoold doctor`, `ls -la "$(dirname "$(spoold db)")"`.',
      'Make all of it yours: `sudo chown -R "$(id -un)" DIR`.',
      'Use another place: `--state-dir DIR` or SPOOLD_STATE_DIR.',
    ],
  },
  storage_corrupt: {
    means: 'The database is damaged, or is none of spoold. It was left as it is.',
    causes: [
      'the disk or the file system lost something, or a copy was made while it was written',
      'the file was removed or replaced, while spools hold output of tasks that were in it',
      'another file lies in its place',
    ],
    remedies: [
      '`spoold db --check` reads all of it and says whether it is sound.',
      '`spoold stop`, then `spoold db --recover`: it salvages what can be read and keeps the damaged file (docs/damage.md).',
      'Or put a copy in its place that was made with `spoold db --backup FILE`.',
    ],
  },
  storage_newer: {
    means: 'The database was written by a newer spoold than this one, and was left untouched.',
    causes: [
      'spoold was put back to an older version',
      'two versions are installed, and this is the older one',
    ],
    remedies: [
      'Install the newer one again; `which -a spoold` shows whether there are two.',
      'To go back for good, take the copy that was made before the upgrade: the sentence names it (docs/upgrades.md). Newer tasks are not in it.',
    ],
  },
  storage_busy: {
    means: 'Another program holds the database locked. spoold goes on when it is free.',
    causes: [
      'a transaction is open in `sqlite3` or a database browser that writes',
      'a backup program or a synchronised folder locks the file',
    ],
    remedies: [
      'End that transaction or program, then try again. To look only, use `spoold db --shell`, which locks nothing.',
      'Keep the state directory out of synchronised folders and network file systems.',
    ],
  },
  storage_failed: {
    means: 'SQLite could not do what was asked; the sentence has its words.',
    causes: [
      'the disk gives errors',
      'the database was removed or replaced while the daemon uses it',
      'there is no database to recover',
    ],
    remedies: [
      '`spoold doctor`, then `spoold db --check`.',
      'Where the file was replaced: put it back, or `spoold restart` to go on with what is there.',
      'Errors of the disk stand in the log of the system (`dmesg`); copy first with `spoold db --backup FILE`, elsewhere.',
    ],
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
