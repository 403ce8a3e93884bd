export type Value = string | number | boolean | Value[] | { [key: string]: Value }

/** What a client is to have under spoold's name. */
export interface Entry {
  /** What makes it start this spoold: set in an entry that is there, too. */
  own: Record<string, Value>
  /** What a new entry gets besides, and one that is there only where it lacks it. */
  defaults: Record<string, Value>
}

/** A text in which a client has its servers; `null` is a file that does not exist. */
export interface ConfigFormat {
  /** The values in it. Throws EditRefusal. */
  read(text: string | null): Record<string, unknown>
  /** With the entry at that path of keys; the text itself where it is there already. Throws EditRefusal. */
  put(text: string | null, path: string[], entry: Entry): string
  /** Without it, and without what `put` made around it; the text itself where there is none. Throws EditRefusal. */
  take(text: string, path: string[]): string | null
}

/** Keys of a server that is reached over HTTP: an entry that starts a program must not have them. */
const OF_HTTP = ['url', 'httpUrl', 'headers', 'http_headers', 'env_http_headers', 'bearer_token_env_var']

/** What has to go from an entry that is there, since it makes a server of another kind of it. */
export function misleadingKeys(found: Record<string, unknown>, { own }: Entry): string[] {
  const isOther = (key: string) => key === 'type' && !('type' in own) && found.type !== 'stdio'
  return Object.keys(found).filter((key) => OF_HTTP.includes(key) || isOther(key))
}

/** What is at a path of keys; undefined where there is nothing. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let value = values
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
