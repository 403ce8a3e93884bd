import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { ACTIVE_STATUSES } from '../../domain/task.js'
import { formatCount } from '../terminal/units.js'
import { type Finding, warning } from './check.js'

/** A spool is there a moment before its task is stored as running and after it is stored as ended, ms. */
const MOMENT = 60_000

/** Spools that belong to no active task: of one that has ended, or of one that the database does not know. */
export function checkSpools(sqlite: Database.Database, directory: string, now: number): Finding[] {
  const statusOf = sqlite.prepare('SELECT status FROM tasks WHERE id = ?').pluck()
  const left = namesIn(directory).filter((name) => isOld(join(directory, name), now))
  const statuses = left.map((name) => statusOf.get(name))
  const unknown = left.filter((_, place) => statuses[place] === undefined)
  const ended = left.filter((_, place) => !ACTIVE.has(statuses[place]) && statuses[place] !== undefined)
  return [
    ...(ended.length === 0
      ? []
      : [
          warning(
            'spools',
            `${formatCount(ended.length, 'spool')} of ended tasks`,
            'spoold restart removes them',
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          warning(
            'spools',
            `${formatCount(unknown.length, 'spool')} of tasks that the database does not know, as ${unknown[0]}`,
            `copy what you want of ${directory}: the next start of the daemon removes them`,
          ),
        ]),
  ]
}

const ACTIVE: ReadonlySet<unknown> = new Set(ACTIVE_STATUSES)

function namesIn(directory: string): string[] {
  return statSync(directory, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(directory)
}

function isOld(path: string, now: number): boolean {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return made !== undefined && made < now - MOMENT
}
