import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { upgradeBackups } from '../state/upgrade-backups.js'
import { readDatabase } from './read-database.js'

/** Version of the tables and views, in PRAGMA user_version. The last statement of every migration raises it. */
export const SCHEMA_VERSION = 3

const JOURNAL = '#migrations/meta/_journal.json'

/** The folder of the migrations. It is found by package.json's "imports", so that src/ and dist/ share it. */
export function migrationsFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve(JOURNAL)))
}

/** The migrations of this version, oldest first. Drizzle records `when` of an applied migration in the database. */
export function knownMigrations(): { tag: string; when: number }[] {
  const journal: unknown = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(JOURNAL), 'utf8'))
  return (journal as { entries: { tag: string; when: number }[] }).entries
}

/** The error for a newer schema. It names the copy made before the upgrade, if this version can read it. */
export function newerSchema(file: string, version: number): SpoolError {
  const copy = upgradeBackups(file).find(({ schema }) => schema <= SCHEMA_VERSION)
  const back =
    copy === undefined
      ? ''
      : ` To go back to the state before the upgrade: spoold stop, move ${file}, ${file}-wal and ${file}-shm away, and copy ${copy.path} to ${file}.`
  return new SpoolError(
    'storage_newer',
    `${file} was written by a newer spoold (schema ${version}, this version supports ${SCHEMA_VERSION}). ` +
      `It was left untouched: install the newer version again, or use another --state-dir.${back}`,
  )
}

/**
 * Compares the schema of a database with this version's. It is `newer` only if it also has an unknown migration; a higher
 * number alone comes from a damaged header. Throws SqliteError if it cannot be read.
 */
export function schemaOf(sqlite: Database.Database): 'known' | 'newer' | 'damaged' {
  const version = sqlite.pragma('user_version', { simple: true }) as number
  if (version <= SCHEMA_VERSION) return 'known'
  const applied = sqlite.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get()
  return Number(applied) > (knownMigrations().at(-1)?.when ?? 0) ? 'newer' : 'damaged'
}

/**
 * The schema version of a database, which another process may have open; undefined if there is none or it cannot be read
 * now. Throws SpoolError `storage_newer`.
 */
export function readSchema(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  let version: number
  try {
    version = readDatabase(file, (sqlite) => sqlite.pragma('user_version', { simple: true }) as number)
  } catch {
    // The daemon reports why when it opens the database.
    return undefined
  }
  if (version > SCHEMA_VERSION) throw newerSchema(file, version)
  return version
}
