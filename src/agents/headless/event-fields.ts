import { isObject } from '../../domain/json.js'

/*
 * Fields of an agent's events. Missing fields and fields of another type read as null, or as an empty list.
 */

export type Fields = Record<string, unknown>

export function valueAt(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value)
}

export function textAt(value: unknown, ...path: string[]): string | null {
  const found = valueAt(value, ...path)
  return typeof found === 'string' ? found : null
}

export function numberAt(value: unknown, ...path: string[]): number | null {
  const found = valueAt(value, ...path)
  return typeof found === 'number' ? found : null
}

export function fieldsAt(value: unknown, ...path: string[]): Fields {
  const found = valueAt(value, ...path)
  return isObject(found) ? found : {}
}

/** The objects of a list. */
export function listAt(value: unknown, ...path: string[]): Fields[] {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}
