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
  /** The rowid, which the record stores as NULL. */
  isKey: boolean
  isJson: boolean
}

interface Layout {
  table: TableName
  columns: Column[]
}

/** A row of one of spoold's tables, by the names of its columns. */
export type NamedRow = Record<string, Value>

/** Columns that contain JSON (drizzle/schema.ts). */
const JSON_COLUMNS = ['argv', 'decoder_state', 'question', 'answer']

/**
 * Recognizes the table of a row by its shape. It creates the tables of every released schema to learn their shapes, so
 * it also reads databases of older versions and those whose schema is damaged.
 */
export function createRowReader(): (
  key: number,
  values: Value[],
) => { table: TableName; row: NamedRow } | undefined {
  // Newest first.
  const layouts = allLayouts().reverse()
  return (key, values) => {
    const layout = layouts.find(({ columns }) => matchesLayout(columns, values))
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
    isJson: JSON_COLUMNS.includes(name),
  }))
}

function matchesLayout(columns: Column[], values: Value[]): boolean {
  return (
    columns.length === values.length &&
    columns.every((column, at) => matchesColumn(column, values[at] ?? null))
  )
}

function matchesColumn({ type, isRequired, isKey, isJson }: Column, value: Value): boolean {
  if (isKey) return value === null
  if (value === null) return !isRequired
  if (type !== 'TEXT') return Number.isInteger(value)
  return typeof value === 'string' && (!isJson || parses(value))
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
