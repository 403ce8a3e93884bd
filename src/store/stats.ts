import { and, asc, gt, isNull, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { tasks } from '../../drizzle/schema.js'
import type { NamedTally, Stats, TaskTally } from '../domain/stats.js'
import { ACTIVE_STATUSES, type TaskStatus } from '../domain/task.js'

/** Tasks per step: a few ms, so that polls are not delayed. */
const TASKS_PER_STEP = 500

/** Counts tasks in steps, so that other requests are served in between. */
export interface StatsCount {
  /** Counts the next tasks. False when all are counted. */
  step(): boolean
  result(): Stats
}

/** Reads the row of each task once, for all statistics together. */
export function statsQueries(db: BetterSQLite3Database): (createdSince: number) => StatsCount {
  const after = db
    .select({
      key: tasks.key,
      agent: tasks.agent,
      status: tasks.status,
      bytes: tasks.bytes,
      createdAt: tasks.createdAt,
      durationMs: sql<number | null>`${tasks.completedAt} - ${tasks.startedAt}`,
    })
    .from(tasks)
    .where(and(gt(tasks.key, sql.placeholder('key')), isNull(tasks.purgedAt)))
    .orderBy(asc(tasks.key))
    .limit(TASKS_PER_STEP)
    .prepare()

  return (createdSince) => {
    const all = newTally()
    const byAgent = new Map<string, OpenTally>()
    const byDay = new Map<string, OpenTally>()
    let lastKey = 0
    return {
      step() {
        const rows = after.all({ key: lastKey })
        for (const row of rows) {
          if (row.createdAt < createdSince) continue
          const tallies = [all, tallyOf(byAgent, row.agent), tallyOf(byDay, localDay(row.createdAt))]
          for (const tally of tallies) add(tally, row)
        }
        lastKey = rows.at(-1)?.key ?? lastKey
        return rows.length === TASKS_PER_STEP
      },
      result: () => ({
        total: close(all),
        byAgent: named(byAgent).sort(
          (one, other) => other.tasks - one.tasks || (one.name < other.name ? -1 : 1),
        ),
        byDay: named(byDay).sort((one, other) => (one.name < other.name ? -1 : 1)),
      }),
    }
  }
}

interface Row {
  status: TaskStatus
  bytes: number
  /** Null for a task that has not ended or was never started. */
  durationMs: number | null
}

interface OpenTally extends Omit<TaskTally, 'p50Ms' | 'p95Ms'> {
  durations: number[]
}

function newTally(): OpenTally {
  return { tasks: 0, completed: 0, failed: 0, cancelled: 0, active: 0, bytes: 0, durations: [] }
}

function tallyOf(tallies: Map<string, OpenTally>, name: string): OpenTally {
  const existing = tallies.get(name)
  if (existing !== undefined) return existing
  const tally = newTally()
  tallies.set(name, tally)
  return tally
}

function add(tally: OpenTally, { status, bytes, durationMs }: Row): void {
  tally.tasks += 1
  tally.bytes += bytes
  if (status === 'completed' || status === 'failed' || status === 'cancelled') tally[status] += 1
  else if ((ACTIVE_STATUSES as readonly TaskStatus[]).includes(status)) tally.active += 1
  if (durationMs !== null) tally.durations.push(durationMs)
}

function named(tallies: Map<string, OpenTally>): NamedTally[] {
  return [...tallies].map(([name, tally]) => ({ name, ...close(tally) }))
}

function close({ durations, ...counts }: OpenTally): TaskTally {
  const sorted = Float64Array.from(durations).sort()
  return { ...counts, p50Ms: percentile(sorted, 50), p95Ms: percentile(sorted, 95) }
}

/** The nearest-rank percentile. */
function percentile(sorted: Float64Array, percent: number): number | null {
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? null
}

/** As `2026-11-24`, in local time. */
function localDay(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
