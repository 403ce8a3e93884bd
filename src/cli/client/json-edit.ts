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
 * jsonc-parser's own edits attach an end-of-line comment of the previous property to an added one, and lose comments of
 * removed ones (microsoft/node-jsonc-parser#125). So only its tree is used, and the text is edited here.
 */

/**
 * The text with a property added at the end of an object, after its comments. An object without properties keeps its line
 * and then starts with the property without a space. This distinguishes it from an object that was added together with
 * the property.
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
  const added = insert(text, gap.contentEnd, `${property}${gap.comma === undefined ? '' : ','}`)
  return isOpen ? insert(added, start, ',') : added
}

/** The text without a property: the exact inverse of `addProperty`. Comments are kept. */
export function removeProperty(text: string, object: Node, property: Node): string {
  const properties = object.children ?? []
  const index = properties.indexOf(property)
  const before = properties[index - 1]
  const next = properties[index + 1]
  const end = endOf(property)
  const gap = gapBetween(text, end, next?.offset ?? endOf(object) - 1)
  const behind = text.slice(gap.comma === undefined ? end : gap.comma + 1)
  // Otherwise its end-of-line comment would move to the previous line.
  const cut = gap.hasCommentOnLine
    ? text.slice(0, property.offset) + behind.trimStart()
    : text.slice(0, endOfContent(text, property.offset)) + behind
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

/** Whether an object has the form of one that was added together with its only property. */
export function wasAddedByUs(text: string, object: Node): boolean {
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

/** The end of the content before an offset, without whitespace. */
function endOfContent(text: string, offset: number): number {
  return text.slice(0, offset).replace(/[ \t\r\n]+$/, '').length
}

function insert(text: string, offset: number, addition: string): string {
  return text.slice(0, offset) + addition + text.slice(offset)
}
