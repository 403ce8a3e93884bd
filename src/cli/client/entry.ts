import { isObject } from '../../domain/json.js'

export type Value = string | number | boolean | Value[] | { [key: string]: Value }

/** The entry of spoold in a client's configuration. */
export interface Entry {
  /** Values that start this spoold; also set in an existing entry. */
  own: Record<string, Value>
  /** Further values, set only where the entry has none. */
  defaults: Record<string, Value>
}

/** A configuration format. `null` stands for a file that does not exist. */
export interface ConfigFormat {
  /** The values of a text. Throws EditError. */
  read(text: string | null): Record<string, unknown>
  /** The text with the entry at this path of keys; unchanged if it already has it. Throws EditError. */
  insert(text: string | null, path: string[], entry: Entry): string
  /** The text without the entry and what `insert` created around it; unchanged if it has none. Throws EditError. */
  remove(text: string, path: string[]): string | null
}

/** Keys of an HTTP server, which an entry that starts a program must not have. */
const HTTP_KEYS = ['url', 'httpUrl', 'headers', 'http_headers', 'env_http_headers', 'bearer_token_env_var']

/** Keys of an existing entry that would make it another kind of server. */
export function conflictingKeys(found: Record<string, unknown>, { own }: Entry): string[] {
  const isOther = (key: string) => key === 'type' && !('type' in own) && found.type !== 'stdio'
  return Object.keys(found).filter((key) => HTTP_KEYS.includes(key) || isOther(key))
}

/** The value at a path of keys; undefined if there is none. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let value = values
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}
