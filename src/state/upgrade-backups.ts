import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A copy of the database from before an upgrade, next to it. */
export interface UpgradeBackup {
  path: string
  /** The schema version of the copy. */
  schema: number
  /** ms since 1970. */
  createdAt: number
}

/** The path of the copy for a schema version; a later copy of the same version replaces it. */
export function upgradeBackupPath(database: string, schema: number): string {
  return `${database}.schema-${schema}`
}

/** The existing copies, newest first; none if the directory cannot be read. */
export function upgradeBackups(database: string): UpgradeBackup[] {
  const prefix = `${basename(database)}.schema-`
  try {
    return readdirSync(dirname(database))
      .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      .map((name) => {
        const path = join(dirname(database), name)
        return { path, schema: Number(name.slice(prefix.length)), createdAt: statSync(path).mtimeMs }
      })
      .sort((one, other) => other.createdAt - one.createdAt)
  } catch {
    return []
  }
}
