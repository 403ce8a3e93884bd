import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { SCHEMA_VERSION } from '../../../src/store/schema-version.js'
import { tempDirectory } from '../../helpers/temp-state.js'

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url))
const JOURNAL = join('meta', '_journal.json')

interface Journal {
  entries: { tag: string }[]
}

const journal = JSON.parse(readFileSync(join(MIGRATIONS, JOURNAL), 'utf8')) as Journal

/** The older schemas that were released: version → number of migrations that create it. */
export function olderSchemas(): Map<number, number> {
  const schemas = new Map<number, number>()
  journal.entries.forEach(({ tag }, place) => {
    // The last statement of a migration sets the version, if it completes one.
    const match = /PRAGMA user_version = (\d+)/.exec(readFileSync(join(MIGRATIONS, `${tag}.sql`), 'utf8'))
    if (match !== null && Number(match[1]) < SCHEMA_VERSION) schemas.set(Number(match[1]), place + 1)
  })
  return schemas
}

/** Creates an empty database as an older version of spoold did; with 0 migrations it is an empty file. */
export function makeDatabase(file: string, migrations: number): Database.Database {
  const db = new Database(file)
  if (migrations === 0) return db
  for (const pragma of ['page_size = 8192', 'auto_vacuum = INCREMENTAL', 'journal_mode = WAL'])
    db.pragma(pragma)
  migrate(drizzle({ client: db }), { migrationsFolder: firstMigrations(migrations) })
  return db
}

function firstMigrations(count: number): string {
  const folder = join(tempDirectory('migrations'), 'migrations')
  mkdirSync(folder)
  cpSync(MIGRATIONS, folder, { recursive: true })
  writeFileSync(
    join(folder, JOURNAL),
    JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }),
  )
  return folder
}
