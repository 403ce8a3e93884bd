import { SpoolError } from '../../domain/errors.js'
import { openDatabase } from '../open.js'
import { readDatabase } from '../read-database.js'
import { newerSchema, SCHEMA_VERSION, schemaOf } from '../schema-version.js'
import { translateSqliteError } from '../sqlite-errors.js'
import { readCells } from './cells.js'
import { findRows, insertRow } from './found-rows.js'
import { createRowReader } from './layouts.js'
import { openPageFile } from './page-file.js'
import { readPageTypes } from './page-types.js'
import { createChunkRebuild } from './rebuild-chunks.js'
import { type RebuiltTasks, rebuildTasks } from './rebuild-tasks.js'

/**
 * Creates a new database from what can be read of a damaged one, which is not changed. Chunks keep their indices, and a
 * notice replaces each lost one. A row is kept only if nothing in the file contradicts it. Changed text that is still
 * UTF-8 cannot be detected: SQLite keeps no checksums.
 *
 * Throws SpoolError `storage_newer`, `storage_corrupt` if nothing can be read, or an error of writing the new one.
 *
 * @param from path of the damaged database; its -wal file is next to it
 * @param to path of the new database, which must not exist
 * @param now ms since 1970
 */
export function rebuildDatabase(from: string, to: string, now: number): RebuiltTasks {
  const pages = openPageFile(from)
  try {
    assertNotNewer(from, pages.userVersion)
    const { sqlite } = openDatabase({ file: to, durability: 'full' })
    try {
      sqlite.pragma('foreign_keys = OFF')
      // The temporary table is as large as the index of all chunks.
      sqlite.pragma('temp_store = FILE')
      // Nobody uses the file before it is complete, so it needs no log, which would be as large as the file.
      sqlite.pragma('journal_mode = MEMORY')
      const rebuild = sqlite.transaction(() => {
        const chunks = createChunkRebuild(sqlite)
        const cells = readCells(pages, readPageTypes(pages))
        const found = findRows(cells, createRowReader(), chunks)
        for (const purge of found.purges) insertRow(sqlite, 'purges', purge)
        return rebuildTasks(sqlite, found, chunks, pages.bytes, now)
      })
      const result = rebuild()
      sqlite.pragma('journal_mode = WAL')
      if (result.taskIds.length + result.sessions.kept === 0) throw nothingFound(from)
      return result
    } catch (error) {
      throw translateSqliteError(error, to)
    } finally {
      sqlite.close()
    }
  } finally {
    pages.close()
  }
}

function assertNotNewer(file: string, version = 0): void {
  if (version <= SCHEMA_VERSION) return
  let isNewer = false
  try {
    isNewer = readDatabase(file, schemaOf) === 'newer'
  } catch {
    // The rest is damaged too: what can be read is recovered, and the file is kept.
  }
  if (isNewer) throw newerSchema(file, version)
}

function nothingFound(file: string): SpoolError {
  return new SpoolError(
    'storage_corrupt',
    `No data of spoold could be read from ${file}, which was left untouched: restore a backup, or move it away to start with an empty database.`,
  )
}
