import type Database from 'better-sqlite3'
import type { NamedTally, Stats, TaskTally } from '../domain/stats.js'

const DAY = "date(created_at / 1000.0, 'unixepoch', 'localtime')"

/** Counts and percentiles over the tasks created since a time, in SQL: no row of a task comes out of it. */
export function statsQueries(sqlite: Database.Database) {
  /** For each value of `name`. A percentile is the smallest duration that so many of a hundred do not exceed. */
  const tallyBy = (name: string, order: string) =>
    sqlite.prepare<[number], NamedTally>(
      `WITH picked AS (
         SELECT ${name} AS name, status, bytes, completed_at - started_at AS ms FROM tasks
         WHERE purged_at IS NULL AND created_at >= ?
       ), ranked AS (
         SELECT name, ms, row_number() OVER (PARTITION BY name ORDER BY ms) AS place, count(*) OVER (PARTITION BY name) AS among
         FROM picked WHERE ms IS NOT NULL
       ), percentiles AS (
         SELECT name, min(CASE WHEN 100 * place >= 50 * among THEN ms END) AS p50Ms,
           min(CASE WHEN 100 * place >= 95 * among THEN ms END) AS p95Ms
         FROM ranked GROUP BY name
       )
       SELECT name, count(*) AS tasks, sum(status = 'completed') AS completed, sum(status = 'failed') AS failed,
         sum(status = 'cancelled') AS cancelled, sum(status NOT IN ('completed', 'failed', 'cancelled')) AS active,
         max(p50Ms) AS p50Ms, max(p95Ms) AS p95Ms, sum(bytes) AS bytes
       FROM picked LEFT JOIN percentiles USING (name) GROUP BY name ORDER BY ${order}`,
    )
  const total = tallyBy("''", 'name')
  const byAgent = tallyBy('agent', 'tasks DESC, name')
  const byDay = tallyBy(DAY, 'name')

  return (createdSince: number): Stats => ({
    total: withoutName(total.get(createdSince)),
    byAgent: byAgent.all(createdSince),
    byDay: byDay.all(createdSince),
  })
}

function withoutName(tally: NamedTally | undefined): TaskTally {
  if (tally === undefined) {
    return { tasks: 0, completed: 0, failed: 0, cancelled: 0, active: 0, p50Ms: null, p95Ms: null, bytes: 0 }
  }
  const { name: _name, ...counts } = tally
  return counts
}
