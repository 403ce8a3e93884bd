import { chmodSync, existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { SpoolError } from '../domain/errors.js'
import { migrationsFolder, newerSchema, SCHEMA_VERSION } from './schema-version.js'
import { translateSqliteError } from './sqlite-errors.js'
import { backUpBeforeUpgrade } from './upgrade-backup.js'

/** "SPOL" in PRAGMA application_id identifies a database of spoold. */
export const APPLICATION_ID = 0x53504f4c

/** Short, because the daemon serves no client while SQLite waits for another program; writes are retried anyway. */
const BUSY_TIMEOUT_MS = 50
/**
 * Longer while it is opened: no client waits yet, and after a crash the first program to open it locks it until the log is
 * recovered.
 */
const OPEN_TIMEOUT_MS = 5_000

/** Page cache: enough for a long task, so that a poll deep inside it costs as much as any other. */
const CACHE_KIB = 16_384

export interface OpenOptions {
  /** Path of the database in an existing directory. The caller holds the daemon's lock, so no other process migrates it. */
  file: string
  /** `full`: a power cut loses no committed chunk. `normal`: it may lose the last ones; a crash of the daemon does not. */
  durability: 'full' | 'normal'
  /** Called after a migration with the earlier schema version and the path of the copy made before it. */
  onUpgrade?: ((schema: number, copy: string) => void) | undefined
}

export interface OpenDatabase {
  sqlite: Database.Database
  drizzle: BetterSQLite3Database
  file: string
}

/**
 * Opens the database and creates it if needed. One with an older schema is copied (upgrade-backup.ts) and migrated.
 * Throws SpoolError `storage_newer`, `storage_corrupt`, `storage_readonly`, `storage_full`, `storage_busy`,
 * `storage_failed` or `internal`; then the file is unchanged.
 */
export function openDatabase(options: OpenOptions): OpenDatabase {
  const { file } = options
  const isNew = !existsSync(file)
  let sqlite: Database.Database | undefined
  try {
    sqlite = new Database(file, { timeout: OPEN_TIMEOUT_MS })
    if (isNew) chmodSync(file, 0o600)
    assertOurs(sqlite, file)
    setPragmas(sqlite, options)
    const orm = drizzle({ client: sqlite, casing: 'snake_case' })
    const copy = migrateSafely(sqlite, orm, file)
    if (copy !== undefined) options.onUpgrade?.(copy.schema, copy.path)
    // Otherwise every new task creates a file in /var/tmp, which a full disk or the limit of open files can prevent.
    sqlite.pragma('temp_store = MEMORY')
    sqlite.pragma(`cache_size = -${CACHE_KIB}`)
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return { sqlite, drizzle: orm, file }
  } catch (error) {
    sqlite?.close()
    throw translateSqliteError(error, file)
  }
}

function assertOurs(sqlite: Database.Database, file: string): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number
  const application = sqlite.pragma('application_id', { simple: true }) as number
  // Drizzle creates its own table before the transaction of the migrations, and a daemon can die in between.
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
      `${file} is a SQLite database, but not spoold's. It was left untouched: move it away or use another --state-dir. If it was spoold's, \`spoold db --recover\` recovers it.`,
    )
  }
}

/** The order matters for a new file: page size, auto_vacuum, WAL. */
function setPragmas(sqlite: Database.Database, options: OpenOptions): void {
  sqlite.pragma('page_size = 8192')
  sqlite.pragma('auto_vacuum = INCREMENTAL')
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma(`synchronous = ${options.durability === 'full' ? 'FULL' : 'NORMAL'}`)
  // Limits the size of the log after a fast writer.
  sqlite.pragma('journal_size_limit = 67108864')
}

/**
 * Rebuilding a table inside Drizzle's transaction would cascade through foreign keys, and they cannot be disabled
 * inside a transaction. So they are disabled around it and checked afterwards.
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
  // The check reads the whole database, so it does not run at every start.
  const broken = before === SCHEMA_VERSION ? [] : (sqlite.pragma('foreign_key_check') as unknown[])
  if (broken.length > 0) {
    throw new SpoolError(
      'storage_corrupt',
      `${file} has rows without their task or session: run \`spoold db --recover\`.`,
    )
  }
  sqlite.pragma('foreign_keys = ON')
  return copy
}
