/** Errors of the database and the files next to it. */
export const STORAGE = {
  storage_full: {
    means: 'The disk is full. The request was not executed; nothing stored was lost.',
    causes: [
      'the disk of the state directory is full, or your quota is used up',
      'a task writes more than there is space for',
      'there is no space for the copy of the database before an upgrade',
    ],
    remedies: [
      'Free some space. A running daemon continues by itself; output of tasks waits in their spools.',
      '`spoold ls` shows who writes much; `spoold cancel ID` works on a full disk too.',
      'Once there is a little space, `spoold purge --older-than 7d` removes old tasks (`--dry-run` shows how many).',
      'Limit the output of tasks with outputLimitBytes (docs/settings.md).',
    ],
  },
  storage_readonly: {
    means: 'spoold cannot write to its state directory.',
    causes: [
      'a file or directory belongs to another user, for example after a start with sudo',
      'the file system is mounted read-only',
    ],
    remedies: [
      'Find the file with `spoold doctor` and `ls -la "$(dirname "$(spoold db)")"`.',
      'Make it yours with `sudo chown -R "$(id -un)" DIR`.',
      'Use another directory with `--state-dir DIR` or SPOOLD_STATE_DIR.',
    ],
  },
  storage_corrupt: {
    means: 'The database is damaged, or is not a database of spoold. It was left untouched.',
    causes: [
      'the disk or file system lost data, or the file was copied while it was written',
      'the file was removed or replaced, while spools contain output of its tasks',
      'another file is in its place',
    ],
    remedies: [
      'Check it with `spoold db --check`.',
      'Run `spoold stop`, then `spoold db --recover`: it recovers what can be read and keeps the damaged file (docs/damage.md).',
      'Or restore a backup from `spoold db --backup FILE`.',
    ],
  },
  storage_newer: {
    means: 'The database was written by a newer version of spoold and was left untouched.',
    causes: ['spoold was downgraded', 'two versions are installed, and this is the older one'],
    remedies: [
      'Install the newer version again; `which -a spoold` lists the installed ones.',
      'To go back for good, use the copy from before the upgrade, which the message names (docs/upgrades.md). It lacks newer tasks.',
    ],
  },
  storage_busy: {
    means: 'Another program has locked the database. spoold continues when it is released.',
    causes: [
      '`sqlite3` or a database browser has an open write transaction',
      'a backup program or a synchronized folder locks the file',
    ],
    remedies: [
      'End that transaction or program and try again. `spoold db --shell` opens the database without locking it.',
      'Keep the state directory out of synchronized folders and network file systems.',
    ],
  },
  storage_failed: {
    means: 'SQLite failed; the message has its error.',
    causes: [
      'the disk has errors',
      'the database was removed or replaced while the daemon was using it',
      'there is no database to recover',
    ],
    remedies: [
      'Run `spoold doctor`, then `spoold db --check`.',
      'If the file was replaced, put it back, or run `spoold restart` to continue with the current one.',
      'Disk errors are in the system log (`dmesg`); first make a copy elsewhere with `spoold db --backup FILE`.',
    ],
  },
}
