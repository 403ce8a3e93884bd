import type Database from 'better-sqlite3'
import type { Cells } from './cells.js'
import type { createRowReader, NamedRow } from './layouts.js'
import type { ChunkRebuild } from './rebuild-chunks.js'
import type { Value } from './record.js'

/** The rows read from a damaged database. Its chunks are already in the new one. */
export interface FoundRows {
  sessions: Map<number, NamedRow>
  tasks: Map<number, NamedRow>
  purges: NamedRow[]
  /** Ids by key, from the indexes, which also have those of lost rows. */
  taskIds: Map<number, string>
  sessionIds: Map<number, string>
}

const ID = /^(?:task|session)-[0-9a-z]+$/

/** Reads all rows: the indexes first, because chunks are checked against them. */
export function findRows(
  cells: Cells,
  readRow: ReturnType<typeof createRowReader>,
  chunks: ChunkRebuild,
): FoundRows {
  const found: FoundRows = {
    sessions: new Map(),
    tasks: new Map(),
    purges: [],
    taskIds: new Map(),
    sessionIds: new Map(),
  }
  for (const entry of cells.entries()) readEntry(entry, found, chunks)
  for (const { key, values } of cells.rows()) {
    const read = readRow(key, values)
    if (read?.table === 'chunks') chunks.add(read.row)
    else if (read?.table === 'purges') found.purges.push(read.row)
    else if (read !== undefined) keepNewer(found[read.table], key, read.row)
  }
  repairIds(found.tasks, found.taskIds)
  repairIds(found.sessions, found.sessionIds)
  return found
}

function readEntry(entry: Value[], found: FoundRows, chunks: ChunkRebuild): void {
  const [first, second, third] = entry
  if (entry.length === 3 && typeof first === 'number') {
    if (typeof second === 'number' && typeof third === 'number') chunks.addIndexEntry(third, first, second)
  } else if (entry.length === 2 && typeof first === 'string' && typeof second === 'number') {
    if (!ID.test(first)) return
    const ids = first.startsWith('task-') ? found.taskIds : found.sessionIds
    ids.set(second, first)
  }
}

/** Replaces damaged ids by those in the index. */
function repairIds(rows: Map<number, NamedRow>, ids: Map<number, string>): void {
  for (const [key, row] of rows) {
    const indexed = ids.get(key)
    if (indexed !== undefined && !ID.test(String(row.id))) row.id = indexed
  }
}

/** An older version of a row can remain on a page that is not known to be free. */
function keepNewer(rows: Map<number, NamedRow>, key: number, row: NamedRow): void {
  const existing = rows.get(key)
  if (existing === undefined || lastChange(row) > lastChange(existing)) rows.set(key, row)
}

function lastChange(row: NamedRow): number {
  return Number(row.completed_at ?? row.last_chunk_at ?? row.last_used_at ?? 0)
}

/** Inserts a row. False if it violates a constraint, so that it cannot be what was stored. */
export function insertRow(sqlite: Database.Database, table: string, row: NamedRow): boolean {
  const names = Object.keys(row)
  const sql = `INSERT OR IGNORE INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  return sqlite.prepare(sql).run(...Object.values(row)).changes === 1
}
