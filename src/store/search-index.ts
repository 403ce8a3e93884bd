import type Database from 'better-sqlite3'

/**
 * Text of one passage at most, in bytes, but one chunk at least. Words are found together within one, so larger ones find
 * more; a step takes about as much, and everybody who polls waits while one is taken.
 */
const PASSAGE_BYTES = 65_536
/** What a passage counts of a step, however short it is. */
const MIN_COST_BYTES = 1_000
/** What a chunk counts that was looked at, whatever its kind. */
const CHUNK_COST_BYTES = 100
/** How many chunks are looked at for one passage: most may be of kinds that are not searched. */
const CHUNKS_LOOKED_AT = 600
/** Pages of 4 KiB that one merge writes. */
const MERGED_PAGES = 16

/** Whether something of a task is to be made searchable; as the index tasks_to_index has it (migrations/). */
export const TO_INDEX = 'search_idx IS NOT NULL AND (search_idx < 0 OR completed_at IS NOT NULL)'

interface Waiting {
  key: number
  searchIdx: number
}

/** A stretch of a task's chunks; `bytes` of what is searched in it. */
interface Stretch {
  last: number
  bytes: number
}

/**
 * Makes text searchable in small steps, and forgets it. Text of an ended task never changes, and how far it is searchable
 * stands in its row: so each piece of it gets into the index exactly once. Triggers keep the index to the table of passages
 * (migrations/). An append has nothing to do with any of it.
 */
export function searchIndexQueries(sqlite: Database.Database) {
  // The newest first: who has a long history searches the last days meanwhile.
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
  const goOnAt = sqlite.prepare('UPDATE tasks SET search_idx = ? WHERE key = ?')
  const ofTask = sqlite.prepare<[number], { key: number; bytes: number }>(
    'SELECT key, bytes FROM passages WHERE task_key = ? ORDER BY key DESC LIMIT 100',
  )
  const remove = sqlite.prepare('DELETE FROM passages WHERE key = ?')
  const isAny = sqlite.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM passages)').pluck()
  const merge = sqlite.prepare(
    `INSERT INTO search_index (search_index, rank) VALUES ('merge', ${MERGED_PAGES})`,
  )
  const beginWholeMerge = sqlite.prepare(
    `INSERT INTO search_index (search_index, rank) VALUES ('merge', -${MERGED_PAGES})`,
  )
  const sumOfBytes = sqlite.prepare<[], number>('SELECT coalesce(sum(bytes), 0) FROM passages').pluck()
  const empty = sqlite.prepare("INSERT INTO search_index (search_index) VALUES ('delete-all')")
  const changes = sqlite.prepare<[], number>('SELECT total_changes()').pluck()

  /** Something was written since all was merged. Left over from a daemon before, it is merged with what comes next. */
  let isUnmerged = false
  /** Bytes that were forgotten since the index was merged as a whole, and what is left; the latter only once it is asked for. */
  let forgotten = 0
  let left: number | undefined

  function stretchFrom(taskKey: number, first: number): Stretch | undefined {
    let stretch: Stretch | undefined
    let cut: Stretch | undefined
    for (const { idx, content } of texts.iterate(taskKey, first, first + CHUNKS_LOOKED_AT)) {
      const size = content === null ? 0 : Buffer.byteLength(content)
      const bytes = stretch?.bytes ?? 0
      // Rather between two words.
      if (bytes > 0 && bytes + size > PASSAGE_BYTES) return cut ?? stretch
      stretch = { last: idx, bytes: bytes + size }
      if (stretch.bytes > PASSAGE_BYTES / 2 && (content === null || /\s$/.test(content))) cut = stretch
    }
    return stretch
  }

  /** What it cost, in bytes. */
  function take({ key, searchIdx }: Waiting): number {
    if (searchIdx < 0) {
      const bytes = messageBytes.get(key) ?? 0
      if (bytes > 0) put(key, -1, -1, bytes)
      goOnAt.run(0, key)
      return bytes
    }
    const stretch = stretchFrom(key, searchIdx)
    if (stretch !== undefined && stretch.bytes > 0) put(key, searchIdx, stretch.last, stretch.bytes)
    goOnAt.run(stretch === undefined ? null : stretch.last + 1, key)
    if (stretch === undefined) return 0
    return Math.max(stretch.bytes, CHUNK_COST_BYTES * (stretch.last + 1 - searchIdx))
  }

  function bytesLeft(): number {
    left ??= sumOfBytes.get() ?? 0
    return left
  }

  function put(taskKey: number, first: number, last: number, bytes: number): void {
    insert.run(taskKey, first, last, bytes)
    if (left !== undefined) left += bytes
  }

  /**
   * Merges a little. What is forgotten stays on the disk until a merge of the whole index, which is begun when it is as much as
   * what is left: so in the long run it costs no more than to write the text into the index did.
   */
  function tidy(): void {
    const before = changes.get() ?? 0
    const isDue = forgotten > 0 && forgotten >= bytesLeft()
    if (isDue) {
      forgotten = 0
      beginWholeMerge.run()
    } else merge.run()
    // So says the documentation of 'merge': with fewer changes it had nothing to do.
    isUnmerged = (changes.get() ?? 0) - before >= 2
  }

  return {
    /** Whether `step` would do something. */
    hasWork: (): boolean => isUnmerged || next.get() !== undefined,

    /** Makes the next pieces searchable; before that, and at the end, what was written is merged, a little a step. */
    step(): void {
      if (isUnmerged) {
        tidy()
        return
      }
      let room = PASSAGE_BYTES
      for (let task = next.get(); task !== undefined && room > 0; task = next.get()) {
        room -= Math.max(take(task), MIN_COST_BYTES)
        isUnmerged = true
      }
    },

    /** Whether to tidy before more is forgotten: SQLite would do it all at once, at some time. */
    isUntidy: (): boolean => isUnmerged,

    /** Merges a little of the index. */
    tidy,

    /** Forgets passages of a task, some a call. Gives whether none is left, so that its chunks can go. */
    forget(taskKey: number): boolean {
      let room = PASSAGE_BYTES
      for (const { key, bytes } of ofTask.all(taskKey)) {
        if (room <= 0) return false
        remove.run(key)
        forgotten += bytes
        if (left !== undefined) left -= bytes
        room -= Math.max(bytes, MIN_COST_BYTES)
        isUnmerged = true
      }
      if (room < PASSAGE_BYTES && isAny.get() === 0) {
        // Where a merge would read all that is forgotten.
        empty.run()
        isUnmerged = false
        forgotten = 0
      }
      return room > 0
    },
  }
}

export type SearchIndexQueries = ReturnType<typeof searchIndexQueries>
