import { isDeepStrictEqual } from 'node:util'
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser'
import { isObject } from '../../domain/json.js'
import { type ConfigFormat, conflictingKeys, type Entry, type Value, valueAt } from './entry.js'
import { EditError, syntaxError } from './errors.js'
import { endOfLine } from './json-text.js'

type Line = AST.TOMLKeyValue
type Block = AST.TOMLTable | Line

/** TOML, in which an entry is a separate table. Existing text keeps its bytes. */
export const tomlConfig: ConfigFormat = {
  read: (text) => (text === null ? {} : (getStaticTOMLValue(parse(text)) as Record<string, unknown>)),

  insert(text, path, entry) {
    if (text === null) return `${newTable(path, entry, '\n')}\n`
    const found = valueAt(this.read(text), path)
    if (found === undefined) return append(text, newTable(path, entry, endOfLine(text)))
    return update(text, path, entry, isObject(found) ? found : {})
  },

  remove(text, path) {
    const blocks = blocksOf(parse(text), path)
    // The last one first, so that the offsets of the others stay valid.
    return blocks.reduceRight<string | null>((rest, block) => (rest === null ? null : cut(rest, block)), text)
  },
}

function parse(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const { lineNumber, column, message } = error
    throw syntaxError('TOML', lineNumber, column + 1, message.replace(/\.$/, '').toLowerCase())
  }
}

function newTable(path: string[], entry: Entry, eol: string): string {
  const lines = Object.entries({ ...entry.own, ...entry.defaults }).map(([key, value]) => lineFor(key, value))
  return [`[${path.join('.')}]`, ...lines].join(eol)
}

function lineFor(key: string, value: Value): string {
  return `${key} = ${write(value)}`
}

/** TOML has the same syntax for strings as JSON. */
function write(value: Value): string {
  return Array.isArray(value) ? `[${value.map(write).join(', ')}]` : JSON.stringify(value)
}

/** Appends after an empty line. Without a final newline in the text none is added, so that `cut` can restore it. */
function append(text: string, table: string): string {
  const eol = endOfLine(text)
  if (text === '') return table
  return text.endsWith('\n') ? `${text}${eol}${table}${eol}` : `${text}${eol}${eol}${table}`
}

/** Updates an existing table. Each step parses the text again, because offsets have moved. */
function update(text: string, path: string[], entry: Entry, found: Record<string, unknown>): string {
  let updated = text
  for (const key of conflictingKeys(found, entry)) {
    const line = lineOf(tableOf(updated, path), key)
    if (line !== undefined) updated = cut(updated, line) ?? ''
  }
  for (const [key, wanted] of Object.entries({ ...entry.own, ...entry.defaults })) {
    const table = tableOf(updated, path)
    const line = lineOf(table, key)
    if (line !== undefined) {
      const isRight = !(key in entry.own) || isDeepStrictEqual(getStaticTOMLValue(line.value), wanted)
      if (!isRight) updated = splice(updated, line.value.range[0], line.value.range[1], write(wanted))
    } else if (!(key in found)) {
      const end = endOfLineAt(updated, endOfBlock(table))
      updated = splice(updated, end, end, `${endOfLine(updated)}${lineFor(key, wanted)}`)
    }
  }
  return updated
}

function tableOf(text: string, path: string[]): AST.TOMLTable {
  const blocks = parse(text).body[0].body
  const table = blocks.find(
    (block) =>
      block.type === 'TOMLTable' && block.kind === 'standard' && isDeepStrictEqual(block.resolvedKey, path),
  )
  if (table?.type !== 'TOMLTable') throw new EditError(`has ${path.join('.')}, but not as a separate table`)
  return table
}

function lineOf(table: AST.TOMLTable, key: string): Line | undefined {
  return table.body.find((line) => isDeepStrictEqual(getStaticTOMLValue(line.key), [key]))
}

/** The blocks of an entry: its table, the tables in it, and lines elsewhere that set its values. */
function blocksOf(program: AST.TOMLProgram, path: string[]): Block[] {
  const isOfEntry = (keys: (string | number)[]) => isDeepStrictEqual(keys.slice(0, path.length), path)
  const linesOf = (owner: AST.TOMLTopLevelTable | AST.TOMLTable, keys: (string | number)[]) =>
    owner.body.filter(
      (line): line is Line =>
        line.type === 'TOMLKeyValue' && isOfEntry([...keys, ...getStaticTOMLValue(line.key)]),
    )
  const top = program.body[0]
  const tables = top.body.filter((block) => block.type === 'TOMLTable')
  return [
    ...linesOf(top, []),
    ...tables.flatMap((table) =>
      isOfEntry(table.resolvedKey) ? [table] : linesOf(table, table.resolvedKey),
    ),
  ]
}

/**
 * The text without a block and the empty line before it: the exact inverse of `append`; null if the text was only the
 * block and its newline.
 */
function cut(text: string, block: Block): string | null {
  const start = text.lastIndexOf('\n', block.range[0] - 1) + 1
  const end = endOfLineAt(text, endOfBlock(block))
  const before = text.slice(0, start)
  const after = text.slice(end)
  if (after === '') return before.replace(/\r?\n\r?\n$/, '')
  // The first table has its empty line after it.
  if (start === 0) return after.replace(/^(\r?\n){1,2}/, '') || null
  return before.replace(/(?<=^|\n)\r?\n$/, '') + after.replace(/^\r?\n/, '')
}

function endOfBlock(block: Block): number {
  if (block.type === 'TOMLKeyValue') return block.range[1]
  return Math.max(block.key.range[1], ...block.body.map(({ range }) => range[1]))
}

/** The end of the line of an offset, after its comment. */
function endOfLineAt(text: string, offset: number): number {
  const rest = /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? ''
  return offset + rest.length
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end)
}
