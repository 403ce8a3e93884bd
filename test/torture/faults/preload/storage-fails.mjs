// Preloaded into a daemon: while the file TORTURE_STORAGE exists, every commit fails with the SQLite code in it.
import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { statementPrototype } from '../../scene/statement-prototype.mjs'

const file = process.env.TORTURE_STORAGE ?? ''
const statement = statementPrototype()
const { run } = statement
let isWrite = false
statement.run = function (...values) {
  // Reads are transactions too, and must not fail.
  if (this.source.startsWith('BEGIN')) isWrite = this.source === 'BEGIN IMMEDIATE'
  const code = this.source === 'COMMIT' && isWrite ? failure() : undefined
  if (code !== undefined) throw new Database.SqliteError(`injected by the test: ${code}`, code)
  return run.apply(this, values)
}

function failure() {
  try {
    return readFileSync(file, 'utf8') || undefined
  } catch {
    return undefined
  }
}
