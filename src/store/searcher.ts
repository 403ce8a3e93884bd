import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { sessionNotFound } from '../domain/errors.js'
import type { SearchMatch, SearchPage, SearchQuery } from '../domain/search.js'
import { TO_INDEX } from './search-index.js'
import { toMatchExpression } from './search-words.js'
import { cutSnippet, HIT_MARKS } from './snippet.js'
import { translateSqliteError } from './sqlite-errors.js'

/** How long a search occupies the event loop at a time, ms. */
const SLICE_MS = 5
const BUSY_TIMEOUT_MS = 50
/** Characters of the message in a match. */
const MESSAGE_LENGTH = 300

interface Hit {
  taskKey: number
  passage: number
  /** Smaller is better. */
  rank: number
}

interface FoundTask extends Hit {
  passages: number
}

type FoundRow = Omit<SearchMatch, 'passages' | 'chunkIndex' | 'snippet'>

export interface Searcher {
  /** Throws `session_not_found`, `invalid_input`, storage errors, or the signal's reason when it aborts. */
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchPage>
  /** Call it when no search is running. */
  close(): void
}

/**
 * Searches a database over a separate read-only connection. A search reads all hits in one snapshot, a slice at a time, so
 * that polls are served and appends committed in between. Searches run one after another.
 */
export function createSearcher(file: string): Searcher {
  let opened: { sqlite: Database.Database; queries: ReturnType<typeof searchQueries> } | undefined
  let last: Promise<unknown> = Promise.resolve()

  function open() {
    const sqlite = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    return { sqlite, queries: searchQueries(sqlite) }
  }

  async function run(query: SearchQuery, signal: AbortSignal): Promise<SearchPage> {
    const expression = toMatchExpression(query.words)
    const yieldIfDue = createYield(signal)
    try {
      opened ??= open()
      const { sqlite, queries } = opened
      sqlite.exec('BEGIN')
      try {
        return await searchNow(queries, query, expression, yieldIfDue)
      } finally {
        // SQLite has rolled back already if its disk or memory failed.
        if (sqlite.inTransaction) sqlite.exec('ROLLBACK')
      }
    } catch (error) {
      throw signal.aborted ? error : translateSqliteError(error, file)
    }
  }

  return {
    search(query, signal) {
      const search = last.then(() => run(query, signal))
      last = search.catch(() => {})
      return search
    },
    close: () => opened?.sqlite.close(),
  }
}

async function searchNow(
  queries: ReturnType<typeof searchQueries>,
  query: SearchQuery,
  expression: string,
  yieldIfDue: () => Promise<void> | undefined,
): Promise<SearchPage> {
  const matchesFilter = queries.filter(query)
  const tasks = new Map<number, FoundTask | null>()
  for (const hit of queries.hits.iterate(expression)) {
    await yieldIfDue()
    const earlier = tasks.get(hit.taskKey)
    if (earlier === undefined)
      tasks.set(hit.taskKey, matchesFilter(hit.taskKey) ? { ...hit, passages: 1 } : null)
    else if (earlier !== null) {
      const best = hit.rank < earlier.rank ? hit : earlier
      tasks.set(hit.taskKey, { ...best, passages: earlier.passages + 1 })
    }
  }
  const found = [...tasks.values()].filter((task) => task !== null)
  found.sort((one, other) => one.rank - other.rank || other.taskKey - one.taskKey)
  const matches: SearchMatch[] = []
  for (const task of found.slice(0, query.limit)) {
    await yieldIfDue()
    matches.push(queries.describe(task, expression))
  }
  return { matches, taskCount: found.length, waitingCount: queries.waiting.get() ?? 0 }
}

/** Yields to the event loop at the end of each slice. */
function createYield(signal: AbortSignal): () => Promise<void> | undefined {
  let end = performance.now() + SLICE_MS
  return () => {
    if (performance.now() < end) return undefined
    return nextTurn().then(() => {
      signal.throwIfAborted()
      end = performance.now() + SLICE_MS
    })
  }
}

function searchQueries(sqlite: Database.Database) {
  const session = sqlite.prepare<[string], number>('SELECT key FROM sessions WHERE id = ?').pluck()
  const matchingTask = sqlite
    .prepare<[Record<string, unknown>], number>(
      `SELECT 1 FROM tasks WHERE key = :task AND purged_at IS NULL AND created_at >= :since
         AND (:session IS NULL OR session_key = :session) AND (:agent IS NULL OR agent = :agent)`,
    )
    .pluck()
  // Numbers are bound as REAL, which FTS5 ignores as a rowid: without the cast the first row of all would be returned.
  const marked = sqlite
    .prepare<[string, number], string>(
      `SELECT highlight(search_index, 0, char(${HIT_MARKS.before.charCodeAt(0)}), char(${HIT_MARKS.after.charCodeAt(0)}))
       FROM search_index WHERE search_index MATCH ? AND rowid = CAST(? AS INTEGER)`,
    )
    .pluck()
  const taskRow = sqlite.prepare<[number], FoundRow>(
    `SELECT t.id AS taskId, s.id AS sessionId, t.agent, t.status, t.created_at AS createdAt, t.completed_at AS completedAt,
       substr(t.message, 1, ${MESSAGE_LENGTH}) AS message
     FROM tasks t JOIN sessions s ON s.key = t.session_key WHERE t.key = ?`,
  )
  const passageRange = sqlite.prepare<[number], { first: number; last: number }>(
    'SELECT first_idx AS first, last_idx AS last FROM passages WHERE key = ?',
  )
  const texts = sqlite.prepare<[number, number, number], { idx: number; content: string }>(
    `SELECT idx, content FROM chunks WHERE task_key = ? AND idx BETWEEN ? AND ? AND kind IN ('text', 'error') ORDER BY idx`,
  )

  /** The index of the chunk at an offset in the text of a passage; null for a message. */
  function chunkAt({ taskKey, passage }: Hit, offset: number): number | null {
    const { first, last } = passageRange.get(passage) ?? { first: -1, last: -1 }
    if (first < 0) return null
    let left = offset
    for (const { idx, content } of texts.iterate(taskKey, first, last)) {
      if (left < content.length) return idx
      left -= content.length
    }
    return first
  }

  return {
    hits: sqlite.prepare<[string], Hit>(
      `SELECT p.task_key AS taskKey, p.key AS passage, bm25(search_index) AS rank
       FROM search_index CROSS JOIN passages p ON p.key = search_index.rowid WHERE search_index MATCH ?`,
    ),

    waiting: sqlite
      .prepare<[], number>(
        `SELECT count(*) FROM tasks INDEXED BY tasks_to_index
         WHERE ${TO_INDEX}`,
      )
      .pluck(),

    filter({ sessionId, agent, createdSince = 0 }: SearchQuery): (taskKey: number) => boolean {
      const key = sessionId === undefined ? null : session.get(sessionId)
      if (sessionId !== undefined && key === undefined) throw sessionNotFound(sessionId)
      return (task) =>
        matchingTask.get({ task, since: createdSince, session: key, agent: agent ?? null }) !== undefined
    },

    describe(task: FoundTask, expression: string): SearchMatch {
      const row = taskRow.get(task.taskKey)
      const text = marked.get(expression, task.passage)
      if (row === undefined || text === undefined) throw new Error(`passage ${task.passage} has no task`)
      const { snippet, offset } = cutSnippet(text)
      return { ...row, passages: task.passages, chunkIndex: chunkAt(task, offset), snippet }
    },
  }
}
