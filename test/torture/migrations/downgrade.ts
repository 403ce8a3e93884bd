import { renameSync, rmSync } from 'node:fs'
import { columnsOf } from '../faults/row-digest.js'
import { makeDatabase } from './released-schemas.js'

/** Replaces a database by one of an older schema with the same rows, reduced to the columns of that schema. */
export function downgrade(file: string, migrations: number): void {
  const older = `${file}.older`
  const db = makeDatabase(older, migrations)
  db.prepare('ATTACH ? AS newer').run(file)
  for (const [table, columns] of columnsOf(db)) {
    const list = columns.map((name) => `"${name}"`).join(', ')
    db.exec(`INSERT INTO main.${table} (${list}) SELECT ${list} FROM newer.${table}`)
  }
  db.close()
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  renameSync(older, file)
}
