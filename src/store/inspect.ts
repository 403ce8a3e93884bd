import type Database from 'better-sqlite3'
import { count, inArray, max } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { chunks, sessions, tasks } from '../../drizzle/schema.js'
import type { TaskStatus } from '../domain/task.js'
import { APPLICATION_ID } from './open.js'
import { readDatabase, toReadError } from './read-database.js'
import { SCHEMA_VERSION, schemaOf } from './schema-version.js'

/** The state of a database, and facts that others can be compared with. */
export interface Inspection {
  /** `outdated` and `newer` compare its schema with this version's. */
  state: 'sound' | 'outdated' | 'newer' | 'damaged' | 'foreign'
  /** PRAGMA user_version. */
  schema: number
  /** The first complaint of SQLite's quick check; null if there is none. */
  complaint: string | null
  /** The newest stored time, ms since 1970; 0 for an empty database, and for one that is damaged, newer or foreign. */
  newestTime: number
  /** The status of each of the requested tasks that exists. */
  statuses: Map<string, TaskStatus>
}

/** Short, because a person waits for the result. */
const BUSY_TIMEOUT_MS = 2_000

/**
 * Inspects a database read-only, also while the daemon runs. A database that SQLite cannot read counts as damaged.
 * Throws SpoolError `storage_busy`, `storage_readonly` or `storage_failed` if it is locked or its file cannot be read, and
 * `unsupported_platform`.
 *
 * @param taskIds the tasks whose status is requested
 */
export function inspectDatabase(file: string, taskIds: string[]): Inspection {
  try {
    return readDatabase(file, (sqlite) => inspect(sqlite, taskIds), BUSY_TIMEOUT_MS)
  } catch (error) {
    const readError = toReadError(error, file)
    if (readError !== undefined) throw readError
    const complaint = error instanceof Error ? error.message : String(error)
    return { state: 'damaged', schema: 0, complaint, newestTime: 0, statuses: new Map() }
  }
}

/** Numbers of tasks and chunks, and the schema version. Throws SqliteError. */
export function countRows(file: string): { schema: number; tasks: number; chunks: number } {
  return readDatabase(file, (sqlite) => {
    const db = drizzle({ client: sqlite })
    return {
      schema: Number(sqlite.pragma('user_version', { simple: true })),
      tasks: db.select({ count: count() }).from(tasks).get()?.count ?? 0,
      chunks: db.select({ count: count() }).from(chunks).get()?.count ?? 0,
    }
  })
}

function inspect(sqlite: Database.Database, taskIds: string[]): Inspection {
  const schema = Number(sqlite.pragma('user_version', { simple: true }))
  const check = sqlite.pragma('quick_check(1)', { simple: true })
  const complaint = check === 'ok' ? null : String(check)
  const state = complaint === null ? stateOf(sqlite, schema) : 'damaged'
  const base = { state, schema, complaint }
  if (state !== 'sound' && state !== 'outdated') return { ...base, newestTime: 0, statuses: new Map() }
  const db = drizzle({ client: sqlite })
  const newest = db
    .select({ created: max(tasks.createdAt), chunk: max(tasks.lastChunkAt) })
    .from(tasks)
    .get()
  const session = db
    .select({ used: max(sessions.lastUsedAt) })
    .from(sessions)
    .get()
  const rows = db
    .select({ id: tasks.id, status: tasks.status })
    .from(tasks)
    .where(inArray(tasks.id, taskIds))
    .all()
  return {
    ...base,
    newestTime: Math.max(newest?.created ?? 0, newest?.chunk ?? 0, session?.used ?? 0),
    statuses: new Map(rows.map(({ id, status }) => [id, status])),
  }
}

function stateOf(sqlite: Database.Database, schema: number): Inspection['state'] {
  if (sqlite.pragma('application_id', { simple: true }) !== APPLICATION_ID) return 'foreign'
  const comparison = schemaOf(sqlite)
  if (comparison !== 'known') return comparison
  return schema === SCHEMA_VERSION ? 'sound' : 'outdated'
}
