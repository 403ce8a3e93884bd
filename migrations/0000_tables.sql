CREATE TABLE `chunks` (
	`key` integer PRIMARY KEY NOT NULL,
	`task_key` integer NOT NULL,
	`idx` integer NOT NULL,
	`kind` text NOT NULL,
	`content` text NOT NULL,
	`at` integer NOT NULL,
	`is_final` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`task_key`) REFERENCES `tasks`(`key`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "chunks_kind" CHECK(kind IN ('text', 'thought', 'tool', 'notice', 'stderr', 'error')),
	CONSTRAINT "chunks_is_final" CHECK(is_final IN (0, 1)),
	CONSTRAINT "chunks_idx" CHECK(idx >= 0)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `chunks_from_index` ON `chunks` (`task_key`,`idx`);--> statement-breakpoint
CREATE TABLE `purges` (
	`key` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer NOT NULL,
	`trigger` text NOT NULL,
	`tasks` integer NOT NULL,
	`chunks` integer NOT NULL,
	`bytes` integer NOT NULL,
	`sessions` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `sessions` (
	`key` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`agent` text NOT NULL,
	`working_directory` text NOT NULL,
	`agent_session_id` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`ended_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_by_id` ON `sessions` (`id`);--> statement-breakpoint
CREATE INDEX `sessions_by_last_use` ON `sessions` (`last_used_at`);--> statement-breakpoint
CREATE TABLE `tasks` (
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
	`purged_at` integer,
	FOREIGN KEY (`session_key`) REFERENCES `sessions`(`key`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "tasks_status" CHECK(status IN ('pending', 'running', 'streaming', 'completed', 'failed', 'cancelled')),
	CONSTRAINT "tasks_end_reason" CHECK(end_reason IN ('exit', 'agent_error', 'timeout', 'stalled', 'output_limit', 'lost', 'cancelled', 'launch_error', 'agent_missing')),
	CONSTRAINT "tasks_stop_reason" CHECK(stop_reason IN ('cancelled', 'timeout', 'stalled', 'output_limit')),
	CONSTRAINT "tasks_pinned" CHECK(pinned IN (0, 1)),
	CONSTRAINT "tasks_ended_is_whole" CHECK((status IN ('pending', 'running', 'streaming')) = (completed_at IS NULL)
        AND (completed_at IS NULL) = (end_reason IS NULL)
        AND (completed_at IS NULL) = (expires_at IS NULL))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_by_id` ON `tasks` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_by_idempotency_key` ON `tasks` (`idempotency_key`) WHERE idempotency_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_of_session` ON `tasks` (`session_key`);--> statement-breakpoint
CREATE INDEX `tasks_active` ON `tasks` (`status`,`priority`) WHERE status IN ('pending', 'running', 'streaming');--> statement-breakpoint
CREATE INDEX `tasks_to_expire` ON `tasks` (`expires_at`) WHERE expires_at IS NOT NULL AND pinned = 0;--> statement-breakpoint
CREATE INDEX `tasks_being_purged` ON `tasks` (`purged_at`) WHERE purged_at IS NOT NULL;