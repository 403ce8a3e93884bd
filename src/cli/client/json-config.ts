import { isDeepStrictEqual } from 'node:util'
import { getNodeValue, type Node } from 'jsonc-parser'
import { isObject } from '../../domain/json.js'
import { type ConfigFormat, conflictingKeys, type Entry, type Value } from './entry.js'
import { EditError } from './errors.js'
import { addProperty, removeProperty, replaceValue, wasAddedByUs } from './json-edit.js'
import { endOf, endOfLine, layoutOf, parseJson, propertyOf, valueIn, writeLines } from './json-text.js'

/** JSON with comments and trailing commas. Existing text keeps its bytes. */
export const jsonConfig: ConfigFormat = {
  read(text) {
    const root = text === null ? undefined : parseJson(text)
    return root === undefined ? {} : getNodeValue(root)
  },

  insert(text, path, entry) {
    const root = text === null ? undefined : parseJson(text)
    if (text === null) return `${newText(path, entry, '')}\n`
    if (root === undefined) return insertInto(text, newText(path, entry, text))
    const layout = layoutOf(text, root)
    let object = root
    for (const [depth, key] of path.entries()) {
      const property = propertyOf(object, key)
      if (property === undefined)
        return addProperty(text, object, key, nested(path.slice(depth + 1), entry), layout)
      object = valueIn(property)
      if (depth < path.length - 1) assertObject(object, path.slice(0, depth + 1))
    }
    return update(text, path, entry)
  },

  remove(text, path) {
    const found = findProperty(parseJson(text), path)
    if (found === undefined) return text
    let { object, property } = found
    while (wasAddedByUs(text, object)) {
      const owner = found.owners.pop()
      if (owner === undefined) return removeRoot(text, object)
      ;({ object, property } = owner)
    }
    return removeProperty(text, object, property)
  },
}

/**
 * The text without its only object; null if nothing is left, because an empty file is not JSON. A second newline marks a
 * file that was empty before.
 */
function removeRoot(text: string, root: Node): string | null {
  const before = text.slice(0, root.offset)
  const after = text.slice(endOf(root))
  if (before !== '' || !/^(\r?\n){0,2}$/.test(after)) return before + after
  return after === '\n\n' ? '' : null
}

/** Inserts into a text of whitespace and comments: after them, but before a line comment without a newline. */
function insertInto(text: string, object: string): string {
  if (text === '') return `${object}\n\n`
  return text.trim() === '' || text.endsWith('\n') ? text + object : object + text
}

function newText(path: string[], entry: Entry, text: string): string {
  return writeLines(nested(path, entry), { step: '  ', eol: endOfLine(text) })
}

function nested(path: string[], entry: Entry): Value {
  return path.reduceRight<Value>((value, key) => ({ [key]: value }), { ...entry.own, ...entry.defaults })
}

/** Updates an existing entry. Each step parses the text again, because offsets have moved. */
function update(text: string, path: string[], entry: Entry): string {
  const now = entryIn(text, path)
  if (now.value.type !== 'object') return replaceValue(text, now.property, nested([], entry), now.layout)
  const found: unknown = getNodeValue(now.value)
  let updated = text
  for (const key of isObject(found) ? conflictingKeys(found, entry) : []) {
    const { value } = entryIn(updated, path)
    const property = propertyOf(value, key)
    if (property !== undefined) updated = removeProperty(updated, value, property)
  }
  for (const [key, wanted] of Object.entries({ ...entry.defaults, ...entry.own })) {
    const { value, layout } = entryIn(updated, path)
    const property = propertyOf(value, key)
    if (property === undefined) updated = addProperty(updated, value, key, wanted, layout)
    else if (key in entry.own && !isDeepStrictEqual(getNodeValue(valueIn(property)), wanted)) {
      updated = replaceValue(updated, property, wanted, layout)
    }
  }
  return updated
}

function entryIn(text: string, path: string[]) {
  const root = parseJson(text)
  const property = findProperty(root, path)?.property
  if (property === undefined) throw new EditError('lost its entry during the change')
  return { property, value: valueIn(property), layout: layoutOf(text, root) }
}

interface Found {
  object: Node
  property: Node
  /** The properties that contain the object, with their objects, from the root. */
  owners: { object: Node; property: Node }[]
}

function findProperty(root: Node | undefined, path: string[]): Found | undefined {
  const owners: Found['owners'] = []
  let object = root
  for (const key of path) {
    const property = object?.type === 'object' ? propertyOf(object, key) : undefined
    if (object === undefined || property === undefined) return undefined
    owners.push({ object, property })
    object = valueIn(property)
  }
  const last = owners.pop()
  return last && { ...last, owners }
}

function assertObject(value: Node, path: string[]): void {
  if (value.type !== 'object') throw new EditError(`has no object at "${path.join('.')}"`)
}
