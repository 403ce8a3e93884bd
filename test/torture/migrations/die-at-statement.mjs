/*
 * Preloaded into a process that opens a database. DIE_AT = "before N" or "after N": it is gone, as by kill -9, around the N-th
 * statement that it runs; "full N": from the N-th on the disk is full. The number of all statements goes to the file STATEMENTS.
 */
import { writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { statementPrototype } from '../scene/statement-prototype.mjs'

const [what, place] = (process.env.DIE_AT ?? 'nowhere 0').split(' ')
const prototype = statementPrototype()
const { run } = prototype
let count = 0

prototype.run = function watched(...values) {
  count += 1
  const isHere = count === Number(place)
  if (isHere && what === 'before') process.kill(process.pid, 'SIGKILL')
  if (what === 'full' && count >= Number(place) && !/^ROLLBACK/.test(this.source)) {
    throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL')
  }
  const result = run.apply(this, values)
  if (isHere && what === 'after') process.kill(process.pid, 'SIGKILL')
  return result
}

process.on('exit', () => {
  if (process.env.STATEMENTS) writeFileSync(process.env.STATEMENTS, String(count))
})
