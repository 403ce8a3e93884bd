import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { knownMigrations, migrationsFolder } from '../schema-version.js'
import type { Value } from './record.js'

export const TABLES = ['sessions', 'tasks', 'chunks', 'purges'] as const
export type TableName = (typeof TABLES)[number]

interface Column {
  name: string
  type: string
  isRequired: boolean
  /** It is the rowid, of which the record itself holds nothing. */
  isKey: boolean
  holdsJson: boolean
}

interface Layout {
  table: TableName
  columns: Column[]
}

/** A row of one of spoold's tables, by the names of its columns. */
export type NamedRow = Record<string, Value>

/** Columns in which JSON is stored (drizzle/schema.ts). */
const JSON_COLUMNS = ['argv', 'decoder_state', 'question', 'answer']

/**
 * Tells by its shape which table a row is of. It knows the tables of every schema there was, by making them all: so the
 * database of an older spoold is read too, and one whose own schema is damaged.
 */
export function createRowReader(): (
  key: number,
  values: Value[],
) => { table: TableName; row: NamedRow } | undefined {
  // The newest first.
  const layouts = allLayouts().reverse()
  return (key, values) => {
    const layout = layouts.find(({ columns }) => fits(columns, values))
    if (layout === undefined) return undefined
    const named = layout.columns.map(({ name, isKey }, at) => [name, isKey ? key : (values[at] ?? null)])
    return { table: layout.table, row: Object.fromEntries(named) }
  }
}

function allLayouts(): Layout[] {
  const migrations = migrationsFolder()
  const scratch = new Database(':memory:')
  try {
    return knownMigrations().flatMap(({ tag }) => {
      scratch.exec(readFileSync(join(migrations, `${tag}.sql`), 'utf8'))
      return TABLES.map((table) => ({ table, columns: columnsOf(scratch, table) }))
    })
  } finally {
    scratch.close()
  }
}

function columnsOf(scratch: Database.Database, table: TableName): Column[] {
  const columns = scratch.pragma(`table_info(${table})`) as {
    name: string
    type: string
    notnull: number
    pk: number
  }[]
  return columns.map(({ name, type, notnull, pk }) => ({
    name,
    type,
    isRequired: notnull === 1,
    isKey: pk === 1,
    holdsJson: JSON_COLUMNS.includes(name),
  }))
}

function fits(columns: Column[], values: Value[]): boolean {
  return columns.length === values.length && columns.every((column, at) => isOf(column, values[at] ?? null))
}

function isOf({ type, isRequired, isKey, holdsJson }: Column, value: Value): boolean {
  if (isKey) return value === null
  if (value === null) return !isRequired
  if (type !== 'TEXT') return Number.isInteger(value)
  return typeof value === 'string' && (!holdsJson || isJson(value))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
