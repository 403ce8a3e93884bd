-- A CHECK cannot be changed, so the table is made anew. The caller has switched foreign keys off; here that would do
-- nothing. The views go first: while they name a table that is away, SQLite renames none. Triggers go with their table.
DROP VIEW purge_history;--> statement-breakpoint
DROP VIEW task_text;--> statement-breakpoint
DROP VIEW task_transcript;--> statement-breakpoint
DROP VIEW task_history;--> statement-breakpoint
CREATE TABLE `__new_tasks` (
	`key` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`session_key` integer NOT NULL,
	`agent` text NOT NULL,
	`model` text,
	`message` text NOT NULL,
	`argv` text,
	`working_directory` text NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`idempotency_key` text,
	`pinned` integer DEFAULT false NOT NULL,
	`ttl_ms` integer NOT NULL,
	`timeout_ms` integer,
	`stall_ms` integer,
	`permissions` text DEFAULT 'deny' NOT NULL,
	`status` text NOT NULL,
	`end_reason` text,
	`exit_code` integer,
	`error` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`completed_at` integer,
	`expires_at` integer,
	`last_output_at` integer,
	`chunk_count` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`text_bytes` integer DEFAULT 0 NOT NULL,
	`last_chunk_at` integer DEFAULT 0 NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`token` text,
	`pid` integer,
	`pid_start_time` text,
	`boot_id` text,
	`out_offset` integer DEFAULT 0 NOT NULL,
	`err_offset` integer DEFAULT 0 NOT NULL,
	`decoder_state` text,
	`stop_reason` text,
	`question` text,
	`answer` text,
	`purged_at` integer,
	FOREIGN KEY (`session_key`) REFERENCES `sessions`(`key`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "tasks_status" CHECK(status IN ('pending', 'running', 'streaming', 'input_required', 'completed', 'failed', 'cancelled')),
	CONSTRAINT "tasks_end_reason" CHECK(end_reason IN ('exit', 'agent_error', 'timeout', 'stalled', 'output_limit', 'lost', 'cancelled', 'launch_error', 'agent_missing')),
	CONSTRAINT "tasks_stop_reason" CHECK(stop_reason IN ('cancelled', 'timeout', 'stalled', 'output_limit')),
	CONSTRAINT "tasks_permissions" CHECK(permissions IN ('ask', 'allow', 'deny')),
	CONSTRAINT "tasks_question" CHECK((status = 'input_required') = (question IS NOT NULL)),
	CONSTRAINT "tasks_pinned" CHECK(pinned IN (0, 1)),
	CONSTRAINT "tasks_ended_is_whole" CHECK((status IN ('pending', 'running', 'streaming', 'input_required')) = (completed_at IS NULL)
        AND (completed_at IS NULL) = (end_reason IS NULL)
        AND (completed_at IS NULL) = (expires_at IS NULL))
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_tasks`("key", "id", "session_key", "agent", "model", "message", "argv", "working_directory", "priority", "idempotency_key", "pinned", "ttl_ms", "timeout_ms", "stall_ms", "status", "end_reason", "exit_code", "error", "created_at", "started_at", "completed_at", "expires_at", "last_output_at", "chunk_count", "bytes", "text_bytes", "last_chunk_at", "attempt", "token", "pid", "pid_start_time", "boot_id", "out_offset", "err_offset", "decoder_state", "stop_reason", "purged_at") SELECT "key", "id", "session_key", "agent", "model", "message", "argv", "working_directory", "priority", "idempotency_key", "pinned", "ttl_ms", "timeout_ms", "stall_ms", "status", "end_reason", "exit_code", "error", "created_at", "started_at", "completed_at", "expires_at", "last_output_at", "chunk_count", "bytes", "text_bytes", "last_chunk_at", "attempt", "token", "pid", "pid_start_time", "boot_id", "out_offset", "err_offset", "decoder_state", "stop_reason", "purged_at" FROM `tasks`;--> statement-breakpoint
DROP TABLE `tasks`;--> statement-breakpoint
ALTER TABLE `__new_tasks` RENAME TO `tasks`;--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_by_id` ON `tasks` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_by_idempotency_key` ON `tasks` (`idempotency_key`) WHERE idempotency_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_of_session` ON `tasks` (`session_key`);--> statement-breakpoint
CREATE INDEX `tasks_active` ON `tasks` (`status`,`priority`) WHERE status IN ('pending', 'running', 'streaming', 'input_required');--> statement-breakpoint
CREATE INDEX `tasks_to_expire` ON `tasks` (`expires_at`) WHERE expires_at IS NOT NULL AND pinned = 0;--> statement-breakpoint
CREATE INDEX `tasks_being_purged` ON `tasks` (`purged_at`) WHERE purged_at IS NOT NULL;--> statement-breakpoint
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
-- A terminal status never changes.
CREATE TRIGGER ended_tasks_stay_ended
BEFORE UPDATE OF status, end_reason, exit_code, error, completed_at, chunk_count ON tasks
WHEN old.completed_at IS NOT NULL
BEGIN
  SELECT raise(ABORT, 'a finished task is finished');
END;
--> statement-breakpoint
PRAGMA user_version = 2;
