CREATE TABLE `passages` (
	`key` integer PRIMARY KEY NOT NULL,
	`task_key` integer NOT NULL,
	`first_idx` integer NOT NULL,
	`last_idx` integer NOT NULL,
	`bytes` integer NOT NULL,
	FOREIGN KEY (`task_key`) REFERENCES `tasks`(`key`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "passages_order" CHECK(first_idx <= last_idx)
) STRICT;
--> statement-breakpoint
CREATE INDEX `passages_of_task` ON `passages` (`task_key`);--> statement-breakpoint
ALTER TABLE `tasks` ADD `search_idx` integer DEFAULT -1;--> statement-breakpoint
CREATE INDEX `tasks_to_index` ON `tasks` (`key`) WHERE search_idx IS NOT NULL AND (search_idx < 0 OR completed_at IS NOT NULL);
--> statement-breakpoint
-- What is searched: the text of each passage. Also of a task that is being purged, since the index is told what it forgets.
CREATE VIEW passage_text AS
SELECT p.key AS passage,
       t.id AS task_id,
       p.first_idx AS first_chunk,
       p.last_idx AS last_chunk,
       CASE WHEN p.first_idx < 0 THEN substr(t.message, 1, 65536)
       ELSE (SELECT group_concat(content, '')
             FROM (SELECT c.content FROM chunks c
                   WHERE c.task_key = p.task_key AND c.idx BETWEEN p.first_idx AND p.last_idx
                     AND c.kind IN ('text', 'error')
                   ORDER BY c.idx))
       END AS text
FROM passages p JOIN tasks t ON t.key = p.task_key;
--> statement-breakpoint
CREATE VIRTUAL TABLE search_index USING fts5(
  text, content = 'passage_text', content_rowid = 'passage', tokenize = 'unicode61 remove_diacritics 2'
);
--> statement-breakpoint
-- Merging by itself it now and then does much at once; the store merges in small steps.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 0);
--> statement-breakpoint
CREATE TRIGGER passages_are_found AFTER INSERT ON passages
BEGIN
  INSERT INTO search_index (rowid, text) SELECT passage, text FROM passage_text WHERE passage = new.key;
END;
--> statement-breakpoint
CREATE TRIGGER passages_are_forgotten BEFORE DELETE ON passages
BEGIN
  INSERT INTO search_index (search_index, rowid, text)
  SELECT 'delete', passage, text FROM passage_text WHERE passage = old.key;
END;
--> statement-breakpoint
CREATE TRIGGER passages_are_immutable BEFORE UPDATE ON passages
BEGIN
  SELECT raise(ABORT, 'a passage never changes');
END;
--> statement-breakpoint
PRAGMA user_version = 3;
