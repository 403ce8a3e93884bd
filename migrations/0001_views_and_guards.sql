-- The views are the contract with people and their tools: columns are added, never changed.
-- They stay readable for sqlite3 3.37.
CREATE VIEW task_history AS
SELECT t.id AS task_id,
       s.id AS session_id,
       t.agent AS agent,
       t.status AS status,
       t.end_reason AS end_reason,
       t.exit_code AS exit_code,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.started_at / 1000.0, 'unixepoch') AS started,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.completed_at / 1000.0, 'unixepoch') AS completed,
       (t.completed_at - t.started_at) / 1000.0 AS duration_seconds,
       t.chunk_count AS chunks,
       t.bytes AS bytes,
       t.message AS message,
       t.error AS error,
       CASE WHEN t.pinned = 0 THEN strftime('%Y-%m-%dT%H:%M:%fZ', t.expires_at / 1000.0, 'unixepoch') END AS expires
FROM tasks t JOIN sessions s ON s.key = t.session_key
WHERE t.purged_at IS NULL;
--> statement-breakpoint
CREATE VIEW task_transcript AS
SELECT t.id AS task_id,
       c.idx AS chunk_index,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.at / 1000.0, 'unixepoch') AS at,
       c.kind AS kind,
       c.content AS content
FROM tasks t JOIN chunks c ON c.task_key = t.key
WHERE t.purged_at IS NULL;
--> statement-breakpoint
CREATE VIEW task_text AS
SELECT t.id AS task_id,
       coalesce((SELECT group_concat(content, '')
                 FROM (SELECT c.content FROM chunks c WHERE c.task_key = t.key AND c.kind = 'text' ORDER BY c.idx)),
                '') AS text
FROM tasks t
WHERE t.purged_at IS NULL;
--> statement-breakpoint
CREATE VIEW purge_history AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started,
       strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') AS finished,
       "trigger",
       tasks,
       chunks,
       bytes,
       sessions
FROM purges;
--> statement-breakpoint
-- A chunk that was committed is the same for ever.
CREATE TRIGGER chunks_are_immutable BEFORE UPDATE ON chunks
BEGIN
  SELECT raise(ABORT, 'a chunk never changes');
END;
--> statement-breakpoint
-- A terminal status never changes.
CREATE TRIGGER ended_tasks_stay_ended
BEFORE UPDATE OF status, end_reason, exit_code, error, completed_at, chunk_count ON tasks
WHEN old.completed_at IS NOT NULL
BEGIN
  SELECT raise(ABORT, 'a finished task is finished');
END;
--> statement-breakpoint
-- "SPOL": whose file this is. Here, so that it is set in the same transaction as the tables.
PRAGMA application_id = 1397772108;
--> statement-breakpoint
PRAGMA user_version = 1;
