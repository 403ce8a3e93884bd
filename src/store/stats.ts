import type Database from 'better-sqlite3'
import type { NamedTally, Stats, TaskTally } from '../domain/stats.js'
import { ACTIVE_STATUSES, type TaskStatus } from '../domain/task.js'

/** How long the event loop is held at a time, ms. */
const SLICE_MS = 5

interface Row {
  key: number
  agent: string
  status: TaskStatus
  bytes: number
  createdAt: number
  /** Null for a task that has not ended, or was never started. */
  ms: number | null
}

/** Counts the tasks that were created since a time, some ms a call, so that others are answered meanwhile. */
export interface StatsCount {
  /** Counts on. False when all are counted. */
  goOn(): boolean
  result(): Stats
}

/** Reads each task's row once, whatever is asked of it. */
export function statsQueries(sqlite: Database.Database): (createdSince: number) => StatsCount {
  const rows = sqlite.prepare<[number], Row>(
    `SELECT key, agent, status, bytes, created_at AS createdAt, completed_at - started_at AS ms
     FROM tasks WHERE key > ? AND purged_at IS NULL ORDER BY key`,
  )
  return (createdSince) => {
    const all = newTally()
    const byAgent = new Map<string, OpenTally>()
    const byDay = new Map<string, OpenTally>()
    let last = 0
    return {
      goOn() {
        const end = performance.now() + SLICE_MS
        for (const row of rows.iterate(last)) {
          last = row.key
          if (row.createdAt >= createdSince) {
            const tallies = [all, tallyOf(byAgent, row.agent), tallyOf(byDay, localDay(row.createdAt))]
            for (const tally of tallies) add(tally, row)
          }
          if (performance.now() > end) return true
        }
        return false
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

interface OpenTally extends Omit<TaskTally, 'p50Ms' | 'p95Ms'> {
  durations: number[]
}

function newTally(): OpenTally {
  return { tasks: 0, completed: 0, failed: 0, cancelled: 0, active: 0, bytes: 0, durations: [] }
}

function tallyOf(tallies: Map<string, OpenTally>, name: string): OpenTally {
  const known = tallies.get(name)
  if (known !== undefined) return known
  const tally = newTally()
  tallies.set(name, tally)
  return tally
}

function add(tally: OpenTally, { status, bytes, ms }: Row): void {
  tally.tasks += 1
  tally.bytes += bytes
  if (status === 'completed' || status === 'failed' || status === 'cancelled') tally[status] += 1
  else if ((ACTIVE_STATUSES as readonly TaskStatus[]).includes(status)) tally.active += 1
  if (ms !== null) tally.durations.push(ms)
}

function named(tallies: Map<string, OpenTally>): NamedTally[] {
  return [...tallies].map(([name, tally]) => ({ name, ...close(tally) }))
}

function close({ durations, ...counts }: OpenTally): TaskTally {
  const sorted = Float64Array.from(durations).sort()
  return { ...counts, p50Ms: percentile(sorted, 50), p95Ms: percentile(sorted, 95) }
}

/** The smallest that so many of a hundred do not exceed. */
function percentile(sorted: Float64Array, share: number): number | null {
  return sorted[Math.ceil((share * sorted.length) / 100) - 1] ?? null
}

/** As `2026-11-24`, in the time of this machine. */
function localDay(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
