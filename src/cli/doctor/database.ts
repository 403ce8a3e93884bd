import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { StatePaths } from '../../state/paths.js'
import { APPLICATION_ID } from '../../store/open.js'
import { readDatabase } from '../../store/read-database.js'
import { unreadable } from '../../store/read-errors.js'
import { SCHEMA_VERSION, schemaOf } from '../../store/schema-version.js'
import { formatSize } from '../terminal/units.js'
import { type Finding, ok, problem, refused, shellWord, warning } from './check.js'
import { checkClock } from './clock.js'
import { checkSpools } from './spools.js'

const RECOVER = 'spoold stop; spoold db --recover, or put a backup in its place'
const LARGE_LOG = 256e6
/** Nobody who asks what is wrong wants to wait long for an answer. */
const BUSY_TIMEOUT_MS = 2_000

/**
 * Opens the database to read only, as any sqlite3 does beside a running daemon: whether it is sound, its version, its log, who
 * may read it, and what it says of clock and spools.
 *
 * @param now ms since 1970
 */
export function checkDatabase(paths: StatePaths, now: number): Finding[] {
  const { database } = paths
  const size = statSync(database, { throwIfNoEntry: false })?.size
  if (size === undefined || size === 0) return [ok('database', 'none yet; the first start makes one')]
  const look = (sqlite: Database.Database) => {
    const found = checkContent(sqlite, database, size)
    const files = [...checkLog(database), ...checkModes(database)]
    if (found.state === 'problem') return [found, ...files]
    return [found, ...files, checkClock(sqlite, now), ...checkSpools(sqlite, paths.spool, now)]
  }
  try {
    return readDatabase(database, look, BUSY_TIMEOUT_MS)
  } catch (error) {
    return [cannotBeRead(error, database)]
  }
}

function checkContent(sqlite: Database.Database, file: string, size: number): Finding {
  const answer = sqlite.pragma('quick_check(1)', { simple: true })
  if (answer !== 'ok') return problem('database', `${file} is damaged: ${answer}`, RECOVER)
  if (sqlite.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    const remedy = `move it away or name another --state-dir; where it was one: ${RECOVER}`
    return problem('database', `${file} is not a database of spoold's`, remedy)
  }
  const version = Number(sqlite.pragma('user_version', { simple: true }))
  const schema = schemaOf(sqlite)
  if (schema === 'damaged') return problem('database', `${file} has a wrong version (${version})`, RECOVER)
  if (schema === 'newer') {
    const finding = `${file} has schema ${version}, this spoold knows ${SCHEMA_VERSION}`
    return problem(
      'database',
      finding,
      'install the newer spoold again; what spoold start says tells how to go back',
    )
  }
  const finding = `${file} is sound: ${formatSize(size)}, schema ${version}`
  if (version === SCHEMA_VERSION) return ok('database', finding)
  return warning('database', `${finding}, which is not the newest`, 'spoold restart (running tasks survive)')
}

/** What is written goes there first, and into the database when nobody reads what it replaces. */
function checkLog(database: string): Finding[] {
  const size = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (size <= LARGE_LOG) return []
  const finding = `${database}-wal has ${formatSize(size)}: some program has been reading the database for long`
  return [warning('database log', finding, 'end other programs that have it open; spoold restart')]
}

function checkModes(database: string): Finding[] {
  const open = ['', '-wal', '-shm']
    .map((end) => database + end)
    .filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
  if (open.length === 0) return []
  const finding = `other users are let into ${open.join(', ')} by its mode`
  return [warning('database files', finding, `chmod 600 ${open.map(shellWord).join(' ')}`)]
}

function cannotBeRead(error: unknown, database: string): Finding {
  try {
    const reason = unreadable(error, database)
    if (reason !== undefined) return refused('database', reason)
  } catch (foreign) {
    return refused('database', foreign)
  }
  const reason = error instanceof Error ? error.message : String(error)
  return problem('database', `${database} is damaged: ${reason}`, RECOVER)
}
