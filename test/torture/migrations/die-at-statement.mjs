/*
 * Preloaded into a process that opens a database spoold.db; counts its statements that write. DIE_AT names the fault: "before N" and
 * "after N" kill the process (kill -9) at statement N, "full N" makes the disk full from statement N on, "room N" leaves space for N
 * more pages. At exit the number of statements is written to the file STATEMENTS.
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

// Pragmas run through all and get.
for (const name of ['run', 'all', 'get']) {
  const original = statements[name]
  statements[name] = function watched(...values) {
    if (basename(this.database.name) !== 'spoold.db' || READS.test(this.source))
      return original.apply(this, values)
    count += 1
    if (what === 'before' && count === place) die()
    if (what === 'full' && count >= place && !/^ROLLBACK/.test(this.source)) {
      throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL')
    }
    const result = original.apply(this, values)
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
