import type Database from 'better-sqlite3'
import { formatDuration, formatTime } from '../terminal/units.js'
import { type Finding, ok, warning } from './check.js'

/** Clocks that are set right by the network jump by less, ms. */
const SMALL_STEP = 60_000

const NEWEST = `SELECT max(at) FROM (
  SELECT max(created_at) AS at FROM tasks UNION ALL
  SELECT max(last_chunk_at) FROM tasks UNION ALL
  SELECT max(last_used_at) FROM sessions)`

/** Whether the database knows of a time that is still to come: then the clock was ahead once, or was set back. */
export function checkClock(sqlite: Database.Database, now: number): Finding {
  const newest = Number(sqlite.prepare(NEWEST).pluck().get() ?? 0)
  const time = formatTime(new Date(now).toISOString())
  if (newest <= now + SMALL_STEP) return ok('clock', time)
  const ahead = formatDuration((newest - now) / 1000)
  const finding =
    `it is ${time}, but something was stored ${ahead} later than that: the clock was set back, and until then ` +
    'times of new output may stand still, and tasks stay longer than they should'
  return warning('clock', finding, 'set the clock right; where it is, there is nothing to do but to wait')
}
