import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { makeDatabase, olderSchemas } from '../torture/migrations/released-schemas.js'

function databaseOfSchema1() {
  const file = join(tempDirectory('upgrade'), 'spoold.db')
  makeDatabase(file, olderSchemas().get(1) as number).close()
  return file
}

const copiesOf = (file: string) =>
  readdirSync(dirname(file))
    .filter((name) => name.startsWith(`${basename(file)}.`))
    .sort()

test('the last two copies are kept, and nothing else is touched', () => {
  const file = databaseOfSchema1()
  for (const end of ['schema-', 'schema--1', 'schema-1x', 'damaged-20261124'])
    writeFileSync(`${file}.${end}`, '')
  // Copies of schemas that came later than this one.
  for (const schema of [7, 5]) {
    writeFileSync(`${file}.schema-${schema}`, '')
    utimesSync(`${file}.schema-${schema}`, 1000 - schema, 1000 - schema)
  }
  openStore({ file, durability: 'full' }).close()
  expect(copiesOf(file)).toEqual([
    'spoold.db.damaged-20261124',
    'spoold.db.schema-',
    'spoold.db.schema--1',
    'spoold.db.schema-1',
    'spoold.db.schema-1x',
    'spoold.db.schema-5',
  ])
})

test('the copy is private, complete, and as of the end of that schema', () => {
  const file = databaseOfSchema1()
  writeFileSync(`${file}.schema-1`, 'an older copy')
  openStore({ file, durability: 'full' }).close()
  expect(statSync(`${file}.schema-1`).mode & 0o777).toBe(0o600)
  const copy = new Database(`${file}.schema-1`, { readonly: true })
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(copy.pragma('user_version', { simple: true })).toBe(1)
  copy.close()
})

test('an unfinished copy of a killed daemon is removed', () => {
  const file = databaseOfSchema1()
  const temporary = join(dirname(file), `.${basename(file)}.schema-1.spoold-4711`)
  writeFileSync(temporary, 'half of it')
  openStore({ file, durability: 'full' }).close()
  expect(copiesOf(file)).toEqual(['spoold.db.schema-1'])
  expect(existsSync(temporary)).toBe(false)
})

test('a new database and one of this schema are not copied', () => {
  const file = join(tempDirectory('upgrade'), 'spoold.db')
  openStore({ file, durability: 'full' }).close()
  openStore({ file, durability: 'full' }).close()
  expect(copiesOf(file)).toEqual([])
})
