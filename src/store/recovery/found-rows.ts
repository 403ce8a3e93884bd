import type Database from 'better-sqlite3'
import type { Cells } from './cells.js'
import type { createRowReader, NamedRow } from './layouts.js'
import type { ChunkRebuild } from './rebuild-chunks.js'
import type { Value } from './record.js'

/** What was read of a damaged database; its chunks are in the new one already. */
export interface FoundRows {
  sessions: Map<number, NamedRow>
  tasks: Map<number, NamedRow>
  purges: NamedRow[]
  /** Ids by key, as the indexes tell them: also of rows that are lost. */
  taskIds: Map<number, string>
  sessionIds: Map<number, string>
}

const ID = /^(?:task|session)-[0-9a-z]+$/

/** Reads all that is there: the indexes first, since they tell which chunks are what they seem. */
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
  for (const entry of cells.entries()) takeEntry(entry, found, chunks)
  for (const { key, values } of cells.rows()) {
    const read = readRow(key, values)
    if (read?.table === 'chunks') chunks.add(read.row)
    else if (read?.table === 'purges') found.purges.push(read.row)
    else if (read !== undefined) keepLater(found[read.table], key, read.row)
  }
  repairIds(found.tasks, found.taskIds)
  repairIds(found.sessions, found.sessionIds)
  return found
}

function takeEntry(entry: Value[], found: FoundRows, chunks: ChunkRebuild): void {
  const [first, second, third] = entry
  if (entry.length === 3 && typeof first === 'number') {
    if (typeof second === 'number' && typeof third === 'number') chunks.tell(third, first, second)
  } else if (entry.length === 2 && typeof first === 'string' && typeof second === 'number') {
    if (!ID.test(first)) return
    const ids = first.startsWith('task-') ? found.taskIds : found.sessionIds
    ids.set(second, first)
  }
}

/** An id that is none is damaged; its index has it once more. */
function repairIds(rows: Map<number, NamedRow>, ids: Map<number, string>): void {
  for (const [key, row] of rows) {
    const told = ids.get(key)
    if (told !== undefined && !ID.test(String(row.id))) row.id = told
  }
}

/** An old version of a row can be left on a page that is not known to be free. */
function keepLater(rows: Map<number, NamedRow>, key: number, row: NamedRow): void {
  const other = rows.get(key)
  if (other === undefined || progress(row) > progress(other)) rows.set(key, row)
}

function progress(row: NamedRow): number {
  return Number(row.completed_at ?? row.last_chunk_at ?? row.last_used_at ?? 0)
}

/** Inserts a row as it was read; false where it breaks a rule of its table, so that it cannot be what was stored. */
export function insertRow(sqlite: Database.Database, table: string, row: NamedRow): boolean {
  const names = Object.keys(row)
  const sql = `INSERT OR IGNORE INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  return sqlite.prepare(sql).run(...Object.values(row)).changes === 1
}
