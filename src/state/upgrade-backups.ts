import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A copy of the database as it was before an upgrade, beside it. */
export interface UpgradeBackup {
  path: string
  /** The version of its tables and views. */
  schema: number
  /** ms since 1970. */
  madeAt: number
}

/** Where the copy of a schema is kept; a later one of the same schema takes its place. */
export function upgradeBackupPath(database: string, schema: number): string {
  return `${database}.schema-${schema}`
}

/** The copies that are there, the last one first. None where the directory cannot be read. */
export function upgradeBackups(database: string): UpgradeBackup[] {
  const beginning = `${basename(database)}.schema-`
  try {
    return readdirSync(dirname(database))
      .filter((name) => name.startsWith(beginning) && /^\d+$/.test(name.slice(beginning.length)))
      .map((name) => {
        const path = join(dirname(database), name)
        return { path, schema: Number(name.slice(beginning.length)), madeAt: statSync(path).mtimeMs }
      })
      .sort((one, other) => other.madeAt - one.madeAt)
  } catch {
    return []
  }
}
