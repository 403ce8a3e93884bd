import { chmodSync, existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { SpoolError } from '../domain/errors.js'
import { migrationsFolder, newerSchema, SCHEMA_VERSION } from './schema-version.js'
import { translateSqliteError } from './sqlite-errors.js'
import { backUpBeforeUpgrade } from './upgrade-backup.js'

/** "SPOL" in PRAGMA application_id: `file spoold.db` and we know whose it is. */
export const APPLICATION_ID = 0x53504f4c

/** Nobody is answered while SQLite waits for another program's transaction; who writes tries again by itself. */
const BUSY_TIMEOUT_MS = 50
/**
 * While it is opened nobody waits for an answer yet, and a program that reads may hold it: the first one that comes after
 * a crash restores what the log has, and lets nobody else in meanwhile.
 */
const OPEN_TIMEOUT_MS = 5_000

/** Memory for pages that were read: of a long task most, so that a poll deep inside of it costs what any other one costs. */
const CACHE_KIB = 16_384

export interface OpenOptions {
  /** Path of the database; its directory exists. The caller holds the daemon's lock: nobody else migrates. */
  file: string
  /** `full`: a power cut loses nothing that was seen. `normal`: it may lose the last instants; a crash does not. */
  durability: 'full' | 'normal'
  /** Told when a database of an older schema was migrated: which it had, and where the copy from before is. */
  onUpgrade?: ((schema: number, copy: string) => void) | undefined
}

export interface OpenDatabase {
  sqlite: Database.Database
  drizzle: BetterSQLite3Database
  file: string
}

/**
 * Opens the database, made where there is none; one of an older schema is copied to beside itself (upgrade-backup.ts) and
 * migrated. Throws SpoolError `storage_newer`, `storage_corrupt`,
 * `storage_readonly`, `storage_full`, `storage_busy`, `storage_failed` or `internal`; the file is then as it was.
 */
export function openDatabase(options: OpenOptions): OpenDatabase {
  const { file } = options
  const isNew = !existsSync(file)
  let sqlite: Database.Database | undefined
  try {
    sqlite = new Database(file, { timeout: OPEN_TIMEOUT_MS })
    if (isNew) chmodSync(file, 0o600)
    refuseForeign(sqlite, file)
    setPragmas(sqlite, options)
    const orm = drizzle({ client: sqlite, casing: 'snake_case' })
    const copy = migrateSafely(sqlite, orm, file)
    if (copy !== undefined) options.onUpgrade?.(copy.schema, copy.path)
    // Else every new task makes a file in /var/tmp, which another full disk or a limit of open files forbids.
    sqlite.pragma('temp_store = MEMORY')
    sqlite.pragma(`cache_size = -${CACHE_KIB}`)
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return { sqlite, drizzle: orm, file }
  } catch (error) {
    sqlite?.close()
    throw translateSqliteError(error, file)
  }
}

function refuseForeign(sqlite: Database.Database, file: string): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number
  const application = sqlite.pragma('application_id', { simple: true }) as number
  // Drizzle makes its own table before the transaction in which the migrations run: a daemon may die in between.
  const tables = sqlite
    .prepare(
      "SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT IN ('__drizzle_migrations', 'sqlite_sequence')",
    )
    .pluck()
    .get() as number
  if (application === APPLICATION_ID && version > SCHEMA_VERSION) {
    throw newerSchema(file, version)
  }
  if (tables > 0 && application !== APPLICATION_ID) {
    throw new SpoolError(
      'storage_corrupt',
      `${file} is a SQLite database, but not one of spoold's. It was left untouched: move it away or name another --state-dir; where it was one, \`spoold db --recover\` salvages it.`,
    )
  }
}

/** The order matters on a new file: page size, then auto_vacuum, then WAL. */
function setPragmas(sqlite: Database.Database, options: OpenOptions): void {
  sqlite.pragma('page_size = 8192')
  sqlite.pragma('auto_vacuum = INCREMENTAL')
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma(`synchronous = ${options.durability === 'full' ? 'FULL' : 'NORMAL'}`)
  // Bounds the log that a fast writer leaves behind.
  sqlite.pragma('journal_size_limit = 67108864')
}

/**
 * Rebuilding a table inside drizzle's transaction would cascade through foreign keys, and switching them off there
 * does nothing: so they are off around it, and checked after it. Once per version, drizzle takes one transaction.
 */
function migrateSafely(
  sqlite: Database.Database,
  orm: BetterSQLite3Database,
  file: string,
): { schema: number; path: string } | undefined {
  const before = sqlite.pragma('user_version', { simple: true }) as number
  const copy =
    before > 0 && before < SCHEMA_VERSION
      ? { schema: before, path: backUpBeforeUpgrade(file, before) }
      : undefined
  sqlite.pragma('foreign_keys = OFF')
  migrate(orm, { migrationsFolder: migrationsFolder() })
  // It reads the whole database, so not at each start.
  const broken = before === SCHEMA_VERSION ? [] : (sqlite.pragma('foreign_key_check') as unknown[])
  if (broken.length > 0) {
    throw new SpoolError(
      'storage_corrupt',
      `${file} has rows that belong to nothing: run \`spoold db --recover\`.`,
    )
  }
  sqlite.pragma('foreign_keys = ON')
  return copy
}
