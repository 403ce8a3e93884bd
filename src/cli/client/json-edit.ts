import type { Node } from 'jsonc-parser'
import type { Value } from './entry.js'
import {
  endOf,
  gapBetween,
  indentBefore,
  indentOfLine,
  type Layout,
  valueIn,
  writeLine,
  writeLines,
} from './json-text.js'

/*
 * jsonc-parser's own edits move a comment at the end of a line from the property before to the one that is added, and
 * lose one with what is removed (microsoft/node-jsonc-parser#125); so its tree is used, and the text is cut here.
 */

/**
 * The text with one more property at the end of an object, behind the comments that are there. An object without
 * properties keeps its line: it then begins with the property, without a blank before it, by which `removeProperty`
 * and its callers know it from an object that was added with the property in it.
 */
export function addProperty(text: string, object: Node, key: string, value: Value, layout: Layout): string {
  const close = endOf(object) - 1
  const last = object.children?.at(-1)
  const start = last === undefined ? object.offset + 1 : endOf(last)
  const gap = gapBetween(text, start, close)
  const name = JSON.stringify(key)
  if (last === undefined && !gap.hasComment) return insert(text, start, `${name}: ${writeLine(value)}`)
  const isOneLine = !text.slice(object.offset, close).includes('\n')
  const indent = indentOfProperties(text, object, layout)
  const property = isOneLine
    ? ` ${name}: ${writeLine(value)}`
    : `${layout.eol}${indent}${name}: ${writeLines(value, layout, indent)}`
  const isOpen = last !== undefined && gap.comma === undefined
  const added = insert(text, gap.solidEnd, `${property}${gap.comma === undefined ? '' : ','}`)
  return isOpen ? insert(added, start, ',') : added
}

/** The text without a property: the exact inverse of `addProperty`. Comments stay. */
export function removeProperty(text: string, object: Node, property: Node): string {
  const properties = object.children ?? []
  const place = properties.indexOf(property)
  const before = properties[place - 1]
  const next = properties[place + 1]
  const end = endOf(property)
  const gap = gapBetween(text, end, next?.offset ?? endOf(object) - 1)
  const behind = text.slice(gap.comma === undefined ? end : gap.comma + 1)
  // A comment that stands behind it would else come to stand behind what is before it.
  const cut = gap.hasCommentOnLine
    ? text.slice(0, property.offset) + behind.trimStart()
    : text.slice(0, endOfSolid(text, property.offset)) + behind
  const isLast = next === undefined && gap.comma === undefined && before !== undefined
  const comma = isLast ? gapBetween(text, endOf(before), property.offset).comma : undefined
  return comma === undefined ? cut : cut.slice(0, comma) + cut.slice(comma + 1)
}

/** The text with another value of a property. */
export function replaceValue(text: string, property: Node, value: Value, layout: Layout): string {
  const node = valueIn(property)
  const isOneLine = !text.slice(node.offset, endOf(node)).includes('\n') || Array.isArray(value)
  const written = isOneLine ? writeLine(value) : writeLines(value, layout, indentOfLine(text, node.offset))
  return text.slice(0, node.offset) + written + text.slice(endOf(node))
}

/** Whether an object is as one is that was added with its only property in it. */
export function isOfOurMaking(text: string, object: Node): boolean {
  const only = object.children?.length === 1 ? object.children[0] : undefined
  if (only === undefined || only.offset === object.offset + 1) return false
  const isBare = (start: number, end: number) => !gapBetween(text, start, end).hasComment
  return isBare(object.offset + 1, only.offset) && isBare(endOf(only), endOf(object) - 1)
}

function indentOfProperties(text: string, object: Node, layout: Layout): string {
  const first = object.children?.[0]
  const found = first === undefined ? undefined : indentBefore(text, first.offset)
  return found ?? indentOfLine(text, object.offset) + layout.step
}

/** The end of what is no blank before a place. */
function endOfSolid(text: string, offset: number): number {
  return text.slice(0, offset).replace(/[ \t\r\n]+$/, '').length
}

function insert(text: string, offset: number, addition: string): string {
  return text.slice(0, offset) + addition + text.slice(offset)
}
