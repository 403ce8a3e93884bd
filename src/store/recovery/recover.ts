import { SpoolError } from '../../domain/errors.js'
import { openDatabase } from '../open.js'
import { readDatabase } from '../read-database.js'
import { newerSchema, SCHEMA_VERSION, schemaOf } from '../schema-version.js'
import { translateSqliteError } from '../sqlite-errors.js'
import { readCells } from './cells.js'
import { findRows, insertRow } from './found-rows.js'
import { createRowReader } from './layouts.js'
import { openPageFile } from './page-file.js'
import { readPageUses } from './page-uses.js'
import { createChunkRebuild } from './rebuild-chunks.js'
import { type RebuiltTasks, rebuildTasks } from './rebuild-tasks.js'

/**
 * Makes a new database of what can be read of a damaged one, which is only read. Chunks keep their indices, and what
 * stands where one was lost says so; a row is taken only where nothing in the file contradicts it. Text that was changed
 * and is still UTF-8 cannot be told from what was written: SQLite keeps no checksums.
 *
 * Throws SpoolError `storage_newer`, `storage_corrupt` where nothing can be read, or that the new one cannot be written.
 *
 * @param from the damaged database, with its -wal file beside it
 * @param to a file that is not there yet
 * @param now ms since 1970
 */
export function salvageDatabase(from: string, to: string, now: number): RebuiltTasks {
  const pages = openPageFile(from)
  try {
    refuseNewer(from, pages.userVersion)
    const { sqlite } = openDatabase({ file: to, durability: 'full' })
    try {
      sqlite.pragma('foreign_keys = OFF')
      // It needs a table as large as the index of all chunks.
      sqlite.pragma('temp_store = FILE')
      // Nobody uses the file before it is whole: it needs no log, which would be as large as itself.
      sqlite.pragma('journal_mode = MEMORY')
      const rebuild = sqlite.transaction(() => {
        const chunks = createChunkRebuild(sqlite)
        const cells = readCells(pages, readPageUses(pages))
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

function refuseNewer(file: string, version = 0): void {
  if (version <= SCHEMA_VERSION) return
  let isNewer = false
  try {
    isNewer = readDatabase(file, schemaOf) === 'newer'
  } catch {
    // Damaged elsewhere, too: what can be read is taken, and the file is kept.
  }
  if (isNewer) throw newerSchema(file, version)
}

function nothingFound(file: string): SpoolError {
  return new SpoolError(
    'storage_corrupt',
    `Nothing of spoold's could be read in ${file}, which was left as it is: put a backup in its place, or move it away to begin anew.`,
  )
}
