/** Anything that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
