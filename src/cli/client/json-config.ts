import { isDeepStrictEqual } from 'node:util'
import { getNodeValue, type Node } from 'jsonc-parser'
import { type ConfigFormat, type Entry, isObject, misleadingKeys, type Value } from './entry.js'
import { EditRefusal } from './errors.js'
import { addProperty, isOfOurMaking, removeProperty, replaceValue } from './json-edit.js'
import { endOf, endOfLine, layoutOf, parseJson, propertyOf, valueIn, writeLines } from './json-text.js'

/** JSON with comments and trailing commas; all that is there keeps its bytes. */
export const jsonConfig: ConfigFormat = {
  read(text) {
    const root = text === null ? undefined : parseJson(text)
    return root === undefined ? {} : getNodeValue(root)
  },

  put(text, path, entry) {
    const root = text === null ? undefined : parseJson(text)
    if (text === null) return `${newText(path, entry, '')}\n`
    if (root === undefined) return putInto(text, newText(path, entry, text))
    const layout = layoutOf(text, root)
    let object = root
    for (const [place, key] of path.entries()) {
      const property = propertyOf(object, key)
      if (property === undefined)
        return addProperty(text, object, key, nested(path.slice(place + 1), entry), layout)
      object = valueIn(property)
      if (place < path.length - 1) refuseOther(object, path.slice(0, place + 1))
    }
    return update(text, path, entry)
  },

  take(text, path) {
    const found = findProperty(parseJson(text), path)
    if (found === undefined) return text
    let { object, property } = found
    while (isOfOurMaking(text, object)) {
      const owner = found.owners.pop()
      if (owner === undefined) return withoutRoot(text, object)
      ;({ object, property } = owner)
    }
    return removeProperty(text, object, property)
  },
}

/**
 * What is left of a text without its only object. Where that is nothing, there is to be no file either, since an empty
 * one is no JSON; one that was empty before has a second end of a line as its mark.
 */
function withoutRoot(text: string, root: Node): string | null {
  const before = text.slice(0, root.offset)
  const after = text.slice(endOf(root))
  if (before !== '' || !/^(\r?\n){0,2}$/.test(after)) return before + after
  return after === '\n\n' ? '' : null
}

/** Into a text of blanks and comments: behind them, but before a comment that would swallow it. */
function putInto(text: string, object: string): string {
  if (text === '') return `${object}\n\n`
  return text.trim() === '' || text.endsWith('\n') ? text + object : object + text
}

function newText(path: string[], entry: Entry, text: string): string {
  return writeLines(nested(path, entry), { step: '  ', eol: endOfLine(text) })
}

function nested(path: string[], entry: Entry): Value {
  return path.reduceRight<Value>((value, key) => ({ [key]: value }), { ...entry.own, ...entry.defaults })
}

/** Sets what is ours in an entry that is there; each step reads the text anew, since the places have moved. */
function update(text: string, path: string[], entry: Entry): string {
  const now = entryIn(text, path)
  if (now.value.type !== 'object') return replaceValue(text, now.property, nested([], entry), now.layout)
  const found: unknown = getNodeValue(now.value)
  let updated = text
  for (const key of isObject(found) ? misleadingKeys(found, entry) : []) {
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
  if (property === undefined) throw new EditRefusal('lost its entry while it was changed')
  return { property, value: valueIn(property), layout: layoutOf(text, root) }
}

interface Found {
  object: Node
  property: Node
  /** The properties in which that object is, with the objects they are in, from the root on. */
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

function refuseOther(value: Node, path: string[]): void {
  if (value.type !== 'object')
    throw new EditRefusal(`has something else than an object at "${path.join('.')}"`)
}
