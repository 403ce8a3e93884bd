import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Value } from './entry.js'
import { EditError, positionOf, syntaxError } from './errors.js'

/** The layout of a text, for additions in the same style. */
export interface Layout {
  /** One step of indentation. */
  step: string
  eol: string
}

/**
 * The tree of a JSON text with comments and trailing commas, which some clients allow; undefined for a text with nothing
 * but comments. Throws EditError.
 */
export function parseJson(text: string): Node | undefined {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [first] = errors
  if (first !== undefined) {
    const { line, column } = positionOf(text, first.offset)
    throw syntaxError('JSON', line, column, reasonOf(first))
  }
  if (root !== undefined && root.type !== 'object') throw new EditError('is JSON, but not an object')
  return root
}

function reasonOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase()
}

/** The property with this name; undefined if there is none. Throws EditError if there are two. */
export function propertyOf(object: Node, key: string): Node | undefined {
  const found = (object.children ?? []).filter((property) => property.children?.[0]?.value === key)
  if (found.length > 1) throw new EditError(`has "${key}" twice in one object`)
  return found[0]
}

/** The value of a property. */
export function valueIn(property: Node): Node {
  const value = property.children?.[1]
  if (value === undefined) throw new EditError('has a key without a value')
  return value
}

export function endOf(node: Node): number {
  return node.offset + node.length
}

/** Text that consists of whitespace, comments and at most one comma. */
export interface Gap {
  /** Offset of the comma. */
  comma: number | undefined
  hasComment: boolean
  /** Whether a comment starts on the first line. */
  hasCommentOnLine: boolean
  /** Offset after the last comment or comma. */
  contentEnd: number
}

export function gapBetween(text: string, start: number, end: number): Gap {
  const gap: Gap = { comma: undefined, hasComment: false, hasCommentOnLine: false, contentEnd: start }
  let isOnLine = true
  for (const { 0: piece, index } of text
    .slice(start, end)
    .matchAll(/\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,|[\r\n]/g)) {
    if (piece === '\r' || piece === '\n') {
      isOnLine = false
      continue
    }
    if (piece === ',') gap.comma ??= start + index
    else {
      gap.hasComment = true
      gap.hasCommentOnLine ||= isOnLine
    }
    gap.contentEnd = start + index + piece.length
  }
  return gap
}

/** The layout by the first indented property and the first line end. */
export function layoutOf(text: string, root: Node | undefined): Layout {
  const first = root?.children?.[0]
  const step = first === undefined ? '' : (indentBefore(text, first.offset) ?? '')
  return { step: step === '' ? '  ' : step, eol: endOfLine(text) }
}

export function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

/** The whitespace before an offset that is the first on its line; undefined if other text precedes it. */
export function indentBefore(text: string, offset: number): string | undefined {
  return /(?:^|\n)([ \t]*)$/.exec(text.slice(0, offset))?.[1]
}

/** The indentation of the line of an offset. */
export function indentOfLine(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

/** A value on several lines, with this indentation; lists stay on one line. */
export function writeLines(value: Value, layout: Layout, indent = ''): string {
  if (typeof value !== 'object' || Array.isArray(value)) return writeLine(value)
  const deeper = indent + layout.step
  const lines = Object.entries(value).map(
    ([key, one]) => `${deeper}${JSON.stringify(key)}: ${writeLines(one, layout, deeper)}`,
  )
  return `{${layout.eol}${lines.join(`,${layout.eol}`)}${layout.eol}${indent}}`
}

/** A value on one line. */
export function writeLine(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(writeLine).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${JSON.stringify(key)}: ${writeLine(one)}`)
    .join(', ')} }`
}
