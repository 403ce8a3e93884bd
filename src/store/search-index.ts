import type Database from 'better-sqlite3'

/**
 * Maximum text of a passage in bytes, except that it holds at least one chunk. A search finds words together only within
 * one passage, so larger ones find more; but a step indexes about this much, and polls wait for the end of a step.
 */
const PASSAGE_BYTES = 65_536
/** Minimum cost of a passage. */
const MIN_COST_BYTES = 1_000
/** Cost of each chunk that is read, of any kind. */
const CHUNK_COST_BYTES = 100
/** Maximum number of chunks read for one passage: most may be of kinds that are not indexed. */
const MAX_CHUNKS_READ = 600
/** Pages of 4 KiB that one merge step writes. */
const PAGES_PER_MERGE = 16

/** The condition of the partial index tasks_to_index: some text of the task is not indexed yet. */
export const TO_INDEX = 'search_idx IS NOT NULL AND (search_idx < 0 OR completed_at IS NOT NULL)'

interface Waiting {
  key: number
  searchIdx: number
}

/** The chunks up to index `last`; `bytes` is the size of their indexed text. */
interface Range {
  last: number
  bytes: number
}

/**
 * Indexes text in small steps, and removes it again. The text of an ended task never changes, and its row stores how
 * much of it is indexed, so each piece is indexed exactly once. Triggers keep the FTS5 index in step with the table
 * `passages` (migrations/). Appends do not touch any of it. The SQL is plain, because Drizzle does not know FTS5.
 */
export function searchIndexQueries(sqlite: Database.Database) {
  // Newest first, so that recent tasks are searchable while a long history is indexed.
  const next = sqlite.prepare<[], Waiting>(
    `SELECT key, search_idx AS searchIdx FROM tasks INDEXED BY tasks_to_index WHERE ${TO_INDEX} ORDER BY key DESC LIMIT 1`,
  )
  const messageBytes = sqlite
    .prepare<[number], number>(
      'SELECT length(CAST(substr(message, 1, 65536) AS BLOB)) FROM tasks WHERE key = ?',
    )
    .pluck()
  const texts = sqlite.prepare<[number, number, number], { idx: number; content: string | null }>(
    `SELECT idx, CASE WHEN kind IN ('text', 'error') THEN content END AS content FROM chunks
     WHERE task_key = ? AND idx >= ? AND idx < ? ORDER BY idx`,
  )
  const insert = sqlite.prepare(
    'INSERT INTO passages (task_key, first_idx, last_idx, bytes) VALUES (?, ?, ?, ?)',
  )
  const setPosition = sqlite.prepare('UPDATE tasks SET search_idx = ? WHERE key = ?')
  const passagesOfTask = sqlite.prepare<[number], { key: number; bytes: number }>(
    'SELECT key, bytes FROM passages WHERE task_key = ? ORDER BY key DESC LIMIT 100',
  )
  const remove = sqlite.prepare('DELETE FROM passages WHERE key = ?')
  const hasPassages = sqlite.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM passages)').pluck()
  const mergeSome = sqlite.prepare(
    `INSERT INTO search_index (search_index, rank) VALUES ('merge', ${PAGES_PER_MERGE})`,
  )
  const mergeAll = sqlite.prepare(
    `INSERT INTO search_index (search_index, rank) VALUES ('merge', -${PAGES_PER_MERGE})`,
  )
  const sumOfBytes = sqlite.prepare<[], number>('SELECT coalesce(sum(bytes), 0) FROM passages').pluck()
  const deleteAll = sqlite.prepare("INSERT INTO search_index (search_index) VALUES ('delete-all')")
  const changes = sqlite.prepare<[], number>('SELECT total_changes()').pluck()

  /** Something was written since the last complete merge. What an earlier daemon left is merged with the next writes. */
  let needsMerge = false
  /** Bytes removed since the whole index was merged, and bytes in the index (computed when first needed). */
  let removedBytes = 0
  let indexedBytes: number | undefined

  function rangeFrom(taskKey: number, first: number): Range | undefined {
    let range: Range | undefined
    let cut: Range | undefined
    for (const { idx, content } of texts.iterate(taskKey, first, first + MAX_CHUNKS_READ)) {
      const size = content === null ? 0 : Buffer.byteLength(content)
      const bytes = range?.bytes ?? 0
      // Preferably between two words.
      if (bytes > 0 && bytes + size > PASSAGE_BYTES) return cut ?? range
      range = { last: idx, bytes: bytes + size }
      if (range.bytes > PASSAGE_BYTES / 2 && (content === null || /\s$/.test(content))) cut = range
    }
    return range
  }

  /** Indexes the next passage of a task. Returns its cost in bytes. */
  function indexNext({ key, searchIdx }: Waiting): number {
    if (searchIdx < 0) {
      const bytes = messageBytes.get(key) ?? 0
      if (bytes > 0) insertPassage(key, -1, -1, bytes)
      setPosition.run(0, key)
      return bytes
    }
    const range = rangeFrom(key, searchIdx)
    if (range !== undefined && range.bytes > 0) insertPassage(key, searchIdx, range.last, range.bytes)
    setPosition.run(range === undefined ? null : range.last + 1, key)
    if (range === undefined) return 0
    return Math.max(range.bytes, CHUNK_COST_BYTES * (range.last + 1 - searchIdx))
  }

  function totalBytes(): number {
    indexedBytes ??= sumOfBytes.get() ?? 0
    return indexedBytes
  }

  function insertPassage(taskKey: number, first: number, last: number, bytes: number): void {
    insert.run(taskKey, first, last, bytes)
    if (indexedBytes !== undefined) indexedBytes += bytes
  }

  /**
   * Merges a little of the index. Removed text stays on the disk until the whole index is merged, which starts once
   * as much was removed as is left. So in the long run a removal costs no more than the indexing did.
   */
  function merge(): void {
    const before = changes.get() ?? 0
    const isDue = removedBytes > 0 && removedBytes >= totalBytes()
    if (isDue) {
      removedBytes = 0
      mergeAll.run()
    } else mergeSome.run()
    // From FTS5's documentation of 'merge': fewer than 2 changes mean that there was nothing to do.
    needsMerge = (changes.get() ?? 0) - before >= 2
  }

  return {
    /** Whether `step` has something to do. */
    hasWork: (): boolean => needsMerge || next.get() !== undefined,

    /** Indexes the next text, or merges a little of what was indexed before. */
    step(): void {
      if (needsMerge) {
        merge()
        return
      }
      let room = PASSAGE_BYTES
      for (let task = next.get(); task !== undefined && room > 0; task = next.get()) {
        room -= Math.max(indexNext(task), MIN_COST_BYTES)
        needsMerge = true
      }
    },

    /** Whether to merge before more is removed; otherwise SQLite would merge everything at once some time later. */
    needsMerge: (): boolean => needsMerge,

    merge,

    /** Removes some passages of a task. Returns whether none is left, so that its chunks can be deleted. */
    unindex(taskKey: number): boolean {
      let room = PASSAGE_BYTES
      for (const { key, bytes } of passagesOfTask.all(taskKey)) {
        if (room <= 0) return false
        remove.run(key)
        removedBytes += bytes
        if (indexedBytes !== undefined) indexedBytes -= bytes
        room -= Math.max(bytes, MIN_COST_BYTES)
        needsMerge = true
      }
      if (room < PASSAGE_BYTES && hasPassages.get() === 0) {
        // A merge would read everything that was removed.
        deleteAll.run()
        needsMerge = false
        removedBytes = 0
      }
      return room > 0
    },
  }
}

export type SearchIndexQueries = ReturnType<typeof searchIndexQueries>
