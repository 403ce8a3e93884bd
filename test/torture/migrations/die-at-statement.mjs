/*
 * Preloaded into a process that opens a database spoold.db. DIE_AT says what happens at which of the statements that write:
 * "before N" or "after N": it is gone, as by kill -9; "full N": from the N-th on the disk is full; "room N": the disk has room for
 * so many more pages. The number of all of them goes to the file STATEMENTS.
 */
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import Database from 'better-sqlite3'
import { statementPrototype } from '../scene/statement-prototype.mjs'

const { DIE_AT = 'nowhere 0', STATEMENTS } = process.env
delete process.env.NODE_OPTIONS
const [what, number] = DIE_AT.split(' ')
const place = Number(number)
const statements = statementPrototype()
const READS = /^\s*(SELECT\b|PRAGMA \w+\s*$)/i
let count = 0

// Pragmas are run by all and get.
for (const name of ['run', 'all', 'get']) {
  const does = statements[name]
  statements[name] = function watched(...values) {
    if (basename(this.database.name) !== 'spoold.db' || READS.test(this.source))
      return does.apply(this, values)
    count += 1
    if (what === 'before' && count === place) die()
    if (what === 'full' && count >= place && !/^ROLLBACK/.test(this.source)) {
      throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL')
    }
    const result = does.apply(this, values)
    if (what === 'after' && count === place) die()
    if (what === 'room' && count === 1) {
      const pages = this.database.pragma('page_count', { simple: true })
      this.database.pragma(`max_page_count = ${Math.max(1, pages + place)}`)
    }
    return result
  }
}

function die() {
  process.kill(process.pid, 'SIGKILL')
}

process.on('exit', () => {
  if (STATEMENTS !== undefined) writeFileSync(STATEMENTS, String(count))
})
