import type Database from 'better-sqlite3'

/** Special contents, by the index of a chunk modulo 50: 16 KiB of two-byte characters, nothing, all control characters but NUL. */
const CONTENTS: Record<number, string> = {
  1: 'ü'.repeat(8_192),
  2: '',
  3: String.fromCharCode(...Array.from({ length: 31 }, (_, n) => n + 1), 0x7f, 0x85, 0x2028, 0xfeff),
}

/** The columns of a task, unless a case overrides them. */
const DEFAULTS = {
  session: 1,
  model: null,
  argv: null,
  priority: 0,
  key: null,
  pinned: 0,
  timeout: null,
  end: null,
  exit: null,
  error: null,
  started: null,
  pid: null,
  pidStart: null,
  state: null,
  stop: null,
  purged: null,
  chunks: 6,
}

/**
 * Inserts rows into all tables of schema 1 and later: tasks of every status, pinned, running and partly purged, with chunks of
 * all kinds.
 *
 * @returns the number of tasks that are not being purged
 */
export function fillOldDatabase(db: Database.Database, chunksOfLast = 200): number {
  db.exec(`
    INSERT INTO sessions (id, agent, working_directory, agent_session_id, created_at, last_used_at, ended_at)
      VALUES ('session-1', 'kiro', '/', 's-1', 1, 5, NULL), ('session-2', 'größe', '/tmp', NULL, 2, 6, 7);
    INSERT INTO purges (started_at, finished_at, "trigger", tasks, chunks, bytes, sessions)
      VALUES (1, 2, 'schedule', 3, 4, 5, 6), (7, 8, 'person', 1, 1, 1, 0);`)
  const task =
    db.prepare(`INSERT INTO tasks (id, session_key, agent, model, message, argv, working_directory, priority,
      idempotency_key, pinned, ttl_ms, timeout_ms, stall_ms, status, end_reason, exit_code, error, created_at, started_at,
      completed_at, expires_at, last_output_at, chunk_count, bytes, text_bytes, last_chunk_at, attempt, token, pid, pid_start_time,
      boot_id, out_offset, err_offset, decoder_state, stop_reason, purged_at)
    VALUES (:id, :session, 'kiro', :model, :message, :argv, '/', :priority, :key, :pinned, 9, :timeout, NULL, :status, :end, :exit,
      :error, 1, :started, :completed, :expires, 3, :chunks, :bytes, :bytes, 4, 1, 'mark', :pid, :pidStart, 'boot', 12, 3, :state,
      :stop, :purged)`)
  const chunk = db.prepare(
    'INSERT INTO chunks (task_key, idx, kind, content, at, is_final) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const kinds = ['text', 'thought', 'tool', 'notice', 'stderr', 'error']
  const cases = [
    { id: 'task-pending', status: 'pending' },
    {
      id: 'task-running',
      status: 'running',
      started: 2,
      pid: 77,
      pidStart: '5',
      state: '{"kind":"kiro","state":{"n":1}}',
    },
    {
      id: 'task-streaming',
      status: 'streaming',
      started: 2,
      pid: 78,
      pidStart: '6',
      stop: 'cancelled',
      state: '{}',
    },
    { id: 'task-completed', status: 'completed', end: 'exit', exit: 0, started: 2, pinned: 1, key: 'key-1' },
    {
      id: 'task-failed',
      status: 'failed',
      end: 'lost',
      error: 'Error: – 日本\n',
      started: 2,
      argv: '["a","b c"]',
    },
    {
      id: 'task-cancelled',
      status: 'cancelled',
      end: 'cancelled',
      session: 2,
      model: 'm',
      timeout: 5,
      priority: -3,
    },
    { id: 'task-half-purged', status: 'completed', end: 'exit', exit: 3, started: 2, purged: 9 },
    { id: 'task-large', status: 'completed', end: 'exit', exit: 0, started: 2, chunks: chunksOfLast },
  ]
  db.transaction(() => {
    for (const given of cases) {
      const row = { ...DEFAULTS, ...given }
      const ended = row.end === null ? null : 4
      const { lastInsertRowid } = task.run({
        ...row,
        message: `${row.id} – größe 🧵`.repeat(50),
        completed: ended,
        expires: ended && 9e15,
        bytes: row.chunks * 10,
      })
      for (let n = 0; n < row.chunks; n += 1) {
        const content = CONTENTS[n % 50] ?? `${n}\t日本\n`
        chunk.run(
          lastInsertRowid,
          n,
          kinds[n % kinds.length],
          content,
          n,
          ended !== null && n === row.chunks - 1 ? 1 : 0,
        )
      }
    }
  })()
  return cases.filter(({ purged }) => purged === undefined).length
}
