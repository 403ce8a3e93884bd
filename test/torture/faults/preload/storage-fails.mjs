// Preloaded into a daemon: while the file of TORTURE_STORAGE is there, every commit fails with the code that it holds.
import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { statementPrototype } from '../../scene/statement-prototype.mjs'

const file = process.env.TORTURE_STORAGE ?? ''
const statement = statementPrototype()
const { run } = statement
let isWrite = false
statement.run = function (...values) {
  // Answers are transactions, too.
  if (this.source.startsWith('BEGIN')) isWrite = this.source === 'BEGIN IMMEDIATE'
  const code = this.source === 'COMMIT' && isWrite ? failure() : undefined
  if (code !== undefined) throw new Database.SqliteError(`as the test wants it: ${code}`, code)
  return run.apply(this, values)
}

function failure() {
  try {
    return readFileSync(file, 'utf8') || undefined
  } catch {
    return undefined
  }
}
