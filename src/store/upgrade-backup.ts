import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { upgradeBackupPath, upgradeBackups } from '../state/upgrade-backups.js'
import { replaceWithCopy } from './backup.js'

/** Number of copies that are kept. */
const MAX_COPIES = 2

/**
 * Copies the database next to itself before its schema changes, replacing an earlier copy of the same schema, and removes
 * all but the last two copies. Throws storage errors; then nothing was changed.
 *
 * @param schema the current version of the database
 * @returns path of the copy
 */
export function backUpBeforeUpgrade(file: string, schema: number): string {
  const copy = upgradeBackupPath(file, schema)
  removeUnfinished(file)
  try {
    replaceWithCopy(file, copy)
  } catch (cause) {
    if (!(cause instanceof SpoolError && cause.code === 'storage_full')) throw cause
    const megabytes = Math.ceil((statSync(file, { throwIfNoEntry: false })?.size ?? 0) / 1e6)
    throw new SpoolError(
      'storage_full',
      `There is no space for a copy of ${file} (${megabytes} MB), which is required before its schema is upgraded: free some space. Nothing was changed.`,
      { cause },
    )
  }
  const otherCopies = upgradeBackups(file).filter(({ path }) => path !== copy)
  for (const { path } of otherCopies.slice(MAX_COPIES - 1)) rmSync(path, { force: true })
  return copy
}

/** Removes copies that a killed daemon left unfinished. The caller holds the daemon's lock, so no other one is in progress. */
function removeUnfinished(file: string): void {
  // Temporary names of state/atomic-write.ts.
  const isUnfinished = (name: string) => name.startsWith(`.${basename(file)}.schema-`)
  for (const name of readdirSync(dirname(file)).filter(isUnfinished)) {
    rmSync(join(dirname(file), name), { force: true })
  }
}
