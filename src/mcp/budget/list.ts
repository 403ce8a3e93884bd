import type { ToolResult } from '../tools/tool.js'
import { binarySearch } from './binary-search.js'
import { serializedBytes } from './result-size.js'

export interface ListFit {
  /** Bound for the whole serialized answer. */
  maxBytes: number
  /** Bounds for each text of an entry, in bytes and falling; with the first that goes the answer is made. */
  textBytes: readonly number[]
  /** How many entries must fit before shorter texts are tried; with the shortest ones as many as go are given. */
  atLeast: number
}

/** The answer with as many of the first entries as fit the budget. */
export function fitList<Entry, Answer>(
  entries: readonly Entry[],
  { maxBytes, textBytes, atLeast }: ListFit,
  answerWith: (entries: readonly Entry[], textBytes: number) => ToolResult<Answer>,
): ToolResult<Answer> {
  const enough = Math.min(atLeast, entries.length)
  const first = (count: number, longest: number) => answerWith(entries.slice(0, count), longest)
  for (const longest of textBytes) {
    const fits = (count: number) => serializedBytes(first(count, longest)) <= maxBytes
    if (fits(entries.length)) return first(entries.length, longest)
    if (enough < entries.length && fits(enough)) return first(binarySearch(0, entries.length, fits), longest)
  }
  const shortest = textBytes.at(-1) ?? 0
  return first(
    binarySearch(0, entries.length, (count) => serializedBytes(first(count, shortest)) <= maxBytes),
    shortest,
  )
}
