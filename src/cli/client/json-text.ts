import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Value } from './entry.js'
import { EditRefusal, positionOf, unreadable } from './errors.js'

/** How a text is laid out, so that what is added looks the same. */
export interface Layout {
  /** One step of indentation. */
  step: string
  eol: string
}

/**
 * The tree of a text in JSON, where comments and trailing commas are allowed, as some clients allow them; undefined for
 * one with nothing or only comments in it. Throws EditRefusal.
 */
export function parseJson(text: string): Node | undefined {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [first] = errors
  if (first !== undefined) {
    const { line, column } = positionOf(text, first.offset)
    throw unreadable('JSON', line, column, reasonOf(first))
  }
  if (root !== undefined && root.type !== 'object') throw new EditRefusal('is JSON, but not an object')
  return root
}

function reasonOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase()
}

/** The property of that name; undefined where there is none. Throws EditRefusal where there are two. */
export function propertyOf(object: Node, key: string): Node | undefined {
  const found = (object.children ?? []).filter((property) => property.children?.[0]?.value === key)
  if (found.length > 1) throw new EditRefusal(`has "${key}" twice in one object`)
  return found[0]
}

/** The value of a property. */
export function valueIn(property: Node): Node {
  const value = property.children?.[1]
  if (value === undefined) throw new EditRefusal('has a key without a value')
  return value
}

export function endOf(node: Node): number {
  return node.offset + node.length
}

/** What stands between two places where there are only blanks, comments and perhaps a comma. */
export interface Gap {
  /** Where the comma is. */
  comma: number | undefined
  hasComment: boolean
  /** Whether a comment begins before the line ends. */
  hasCommentOnLine: boolean
  /** Behind the last comment or comma. */
  solidEnd: number
}

export function gapBetween(text: string, start: number, end: number): Gap {
  const gap: Gap = { comma: undefined, hasComment: false, hasCommentOnLine: false, solidEnd: start }
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
    gap.solidEnd = start + index + piece.length
  }
  return gap
}

/** How this text is laid out: by its first indented property, and its first end of a line. */
export function layoutOf(text: string, root: Node | undefined): Layout {
  const first = root?.children?.[0]
  const step = first === undefined ? '' : (indentBefore(text, first.offset) ?? '')
  return { step: step === '' ? '  ' : step, eol: endOfLine(text) }
}

export function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

/** The blanks before a place that is the first on its line; undefined where something else is before it. */
export function indentBefore(text: string, offset: number): string | undefined {
  return /(?:^|\n)([ \t]*)$/.exec(text.slice(0, offset))?.[1]
}

/** The indentation of the line on which a place is. */
export function indentOfLine(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

/** A value on lines of its own, from this indentation on; lists stay on one line. */
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
