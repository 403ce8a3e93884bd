import type { ToolResult } from './tools/tool.js'

/** Size in bytes of a result as it is sent, without the JSON-RPC envelope. */
export function resultBytes({ structured, text, links = [] }: ToolResult<unknown>): number {
  const content = [{ type: 'text', text }, ...links]
  return Buffer.byteLength(JSON.stringify({ content, structuredContent: structured }))
}

/** Size in bytes of a text inside a JSON string, with its escapes. */
export function escapedBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2
}

/** The largest whole number in [low, high) that passes, if all numbers below it pass too; `low` is assumed to pass. */
export function binarySearch(low: number, high: number, passes: (number: number) => boolean): number {
  let passing = low
  let failing = high
  while (failing - passing > 1) {
    const middle = Math.floor((passing + failing) / 2)
    if (passes(middle)) passing = middle
    else failing = middle
  }
  return passing
}

export interface ListBudget {
  /** Bound for the whole serialized result. */
  maxBytes: number
  /** Bounds for each text of an entry, in bytes, falling; the first that fits is used. */
  textBytes: readonly number[]
  /** How many entries must fit before shorter texts are tried. */
  minEntries: number
}

/** The result with as many of the first entries as fit the budget. */
export function listWithinBudget<Entry, Result>(
  entries: readonly Entry[],
  { maxBytes, textBytes, minEntries }: ListBudget,
  toResult: (entries: readonly Entry[], textBytes: number) => ToolResult<Result>,
): ToolResult<Result> {
  const enough = Math.min(minEntries, entries.length)
  const first = (count: number, limit: number) => toResult(entries.slice(0, count), limit)
  const countWithin = (limit: number) =>
    binarySearch(0, entries.length, (count) => resultBytes(first(count, limit)) <= maxBytes)
  for (const limit of textBytes) {
    const fits = (count: number) => resultBytes(first(count, limit)) <= maxBytes
    if (fits(entries.length)) return first(entries.length, limit)
    if (enough < entries.length && fits(enough)) return first(countWithin(limit), limit)
  }
  const shortest = textBytes.at(-1) ?? 0
  return first(countWithin(shortest), shortest)
}
