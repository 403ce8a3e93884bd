import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { upgradeBackups } from '../state/upgrade-backups.js'
import { readDatabase } from './read-database.js'

/** Version of the views and tables, in PRAGMA user_version. Raised by every migration, in its last statement. */
export const SCHEMA_VERSION = 3

const JOURNAL = '#migrations/meta/_journal.json'

/** The folder of the migrations, through package.json's "imports", so that src/ and dist/ find the same one. */
export function migrationsFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve(JOURNAL)))
}

/** The migrations that this spoold knows, oldest first; `when` is what drizzle writes down of one that was applied. */
export function knownMigrations(): { tag: string; when: number }[] {
  const journal: unknown = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(JOURNAL), 'utf8'))
  return (journal as { entries: { tag: string; when: number }[] }).entries
}

/** Names the copy that the newer one made when it upgraded, where this one can read it. */
export function newerSchema(file: string, version: number): SpoolError {
  const copy = upgradeBackups(file).find(({ schema }) => schema <= SCHEMA_VERSION)
  const back =
    copy === undefined
      ? ''
      : ` To go back, without what came since: spoold stop, move ${file}, ${file}-wal and ${file}-shm away, and copy ${copy.path}, which is from before the upgrade, to ${file}.`
  return new SpoolError(
    'storage_newer',
    `${file} was written by a newer spoold (schema ${version}, this one knows ${SCHEMA_VERSION}). ` +
      `It was left untouched: install the newer spoold again, or name another --state-dir.${back}`,
  )
}

/**
 * What a database says of its version: `newer` only where it also has a migration that this spoold does not know. A number
 * alone comes from a damaged header. Throws SqliteError where it cannot be read.
 */
export function schemaOf(sqlite: Database.Database): 'known' | 'newer' | 'damaged' {
  const version = sqlite.pragma('user_version', { simple: true }) as number
  if (version <= SCHEMA_VERSION) return 'known'
  const applied = sqlite.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get()
  return Number(applied) > (knownMigrations().at(-1)?.when ?? 0) ? 'newer' : 'damaged'
}

/**
 * The version of a database, which another process may have open; undefined where there is none or it cannot be read now.
 * Throws SpoolError `storage_newer`.
 */
export function readSchema(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  let version: number
  try {
    version = readDatabase(file, (sqlite) => sqlite.pragma('user_version', { simple: true }) as number)
  } catch {
    // Whoever opens it to work with it says why.
    return undefined
  }
  if (version > SCHEMA_VERSION) throw newerSchema(file, version)
  return version
}
