import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { upgradeBackupPath, upgradeBackups } from '../state/upgrade-backups.js'
import { replaceWithCopy } from './backup.js'

/** How many copies stay beside the database. */
const KEPT = 2

/**
 * Copies the database to beside itself before its schema changes, in place of an older copy of the same schema, and removes
 * all but the last two copies. Throws the storage errors; nothing was changed then.
 *
 * @param schema the version that the database has now
 * @returns where the copy is
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
      `There is no room for a copy of ${file} (${megabytes} MB), without which it is not brought to a new schema: free some space. Nothing was changed.`,
      { cause },
    )
  }
  const others = upgradeBackups(file).filter(({ path }) => path !== copy)
  for (const { path } of others.slice(KEPT - 1)) rmSync(path, { force: true })
  return copy
}

/** Copies of a daemon that was killed while it made one: they may be as large as the database. Whoever upgrades is alone here. */
function removeUnfinished(file: string): void {
  const isUnfinished = (name: string) =>
    name.startsWith(`${basename(file)}.schema-`) && name.endsWith('.part')
  for (const name of readdirSync(dirname(file)).filter(isUnfinished)) {
    rmSync(join(dirname(file), name), { force: true })
  }
}
