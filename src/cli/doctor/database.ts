import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ACTIVE_STATUSES, type TaskStatus } from '../../domain/task.js'
import type { StatePaths } from '../../state/paths.js'
import { type Inspection, inspectDatabase } from '../../store/inspect.js'
import { SCHEMA_VERSION } from '../../store/schema-version.js'
import { formatCount, formatDuration, formatSize, formatTime } from '../terminal/units.js'
import { type Finding, ok, problem, problemOf, shellWord, warning } from './check.js'

const RECOVER = 'spoold stop; spoold db --recover, or restore a backup'
const LARGE_LOG_BYTES = 256e6
/** Automatic corrections of the clock are smaller, ms. */
const SMALL_STEP_MS = 60_000
/** A spool exists shortly before its task is stored as running and after it is stored as ended, ms. */
const SPOOL_GRACE_MS = 60_000

/**
 * Checks the database read-only, also while the daemon runs: its content, log and modes, and whether the clock and
 * the spools agree with it.
 *
 * @param now ms since 1970
 */
export function checkDatabase({ database, spool }: StatePaths, now: number): Finding[] {
  const size = statSync(database, { throwIfNoEntry: false })?.size
  if (size === undefined || size === 0) return [ok('database', 'none yet; the first start creates it')]
  const spools = oldEntries(spool, now)
  let inspection: Inspection
  try {
    inspection = inspectDatabase(database, spools)
  } catch (error) {
    return [problemOf('database', error)]
  }
  const findings = [checkContent(inspection, database, size), ...checkLog(database), ...checkModes(database)]
  if (inspection.state !== 'sound' && inspection.state !== 'outdated') return findings
  return [
    ...findings,
    checkClock(inspection.newestTime, now),
    ...checkSpools(spools, inspection.statuses, spool),
  ]
}

function checkContent({ state, schema, complaint }: Inspection, file: string, size: number): Finding {
  const summary = `${file} is sound: ${formatSize(size)}, schema ${schema}`
  switch (state) {
    case 'sound':
      return ok('database', summary)
    case 'outdated':
      return warning(
        'database',
        `${summary}, which is not the newest`,
        'spoold restart (running tasks continue)',
      )
    case 'newer':
      return problem(
        'database',
        `${file} has schema ${schema}; this version supports ${SCHEMA_VERSION}`,
        'install the newer version again; spoold start explains how to go back',
      )
    case 'damaged':
      return problem(
        'database',
        complaint === null
          ? `${file} has an invalid version (${schema})`
          : `${file} is damaged: ${complaint}`,
        RECOVER,
      )
    case 'foreign':
      return problem(
        'database',
        `${file} is not a database of spoold`,
        `move it away or use another --state-dir; if it was spoold's: ${RECOVER}`,
      )
  }
}

/** Commits go to the log first, and to the database once no reader needs the earlier content. */
function checkLog(database: string): Finding[] {
  const size = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (size <= LARGE_LOG_BYTES) return []
  const finding = `${database}-wal has ${formatSize(size)}: a program has been reading the database for a long time`
  return [warning('database log', finding, 'end other programs that have it open; spoold restart')]
}

function checkModes(database: string): Finding[] {
  const open = ['', '-wal', '-shm']
    .map((suffix) => database + suffix)
    .filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
  if (open.length === 0) return []
  const finding = `other users can access ${open.join(', ')}`
  return [warning('database files', finding, `chmod 600 ${open.map(shellWord).join(' ')}`)]
}

/** A stored time in the future means that the clock was ahead, or was set back. */
function checkClock(newestTime: number, now: number): Finding {
  const time = formatTime(new Date(now).toISOString())
  if (newestTime <= now + SMALL_STEP_MS) return ok('clock', time)
  const ahead = formatDuration((newestTime - now) / 1000)
  const finding =
    `it is ${time}, but the newest entry in the database is ${ahead} ahead: the clock was set back; until it catches up, ` +
    'times of new output may not advance, and tasks are kept longer'
  return warning('clock', finding, 'set the clock; if it is right, wait')
}

/** Spools of tasks that are not active, or that the database does not have. */
function checkSpools(spools: string[], statuses: Map<string, TaskStatus>, directory: string): Finding[] {
  const ended = spools.filter((id) => statuses.has(id) && !isActive(statuses.get(id)))
  const unknown = spools.filter((id) => !statuses.has(id))
  const findings: Finding[] = []
  if (ended.length > 0) {
    const finding = `${formatCount(ended.length, 'spool')} of ended tasks`
    findings.push(warning('spools', finding, 'spoold restart removes them'))
  }
  if (unknown.length > 0) {
    const finding = `${formatCount(unknown.length, 'spool')} of tasks that are not in the database, such as ${unknown[0]}`
    const remedy = `copy what you need from ${directory}: the next start of the daemon removes them`
    findings.push(warning('spools', finding, remedy))
  }
  return findings
}

function isActive(status: TaskStatus | undefined): boolean {
  return ACTIVE_STATUSES.some((active) => active === status)
}

function oldEntries(directory: string, now: number): string[] {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(directory).filter((name) => {
    const changedAt = statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs
    return changedAt !== undefined && changedAt < now - SPOOL_GRACE_MS
  })
}
