import { expect } from 'vitest'
import type { SeenChunk } from '../../helpers/mcp-client.js'

/** The chunks of an ended task have no holes, times that do not decrease, and one final chunk, which is the last. */
export function expectValidChunks(chunks: SeenChunk[]): void {
  expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, index) => index))
  expect(chunks.filter((chunk) => chunk.is_final)).toEqual([chunks.at(-1)])
  const times = chunks.map((chunk) => chunk.timestamp)
  expect(times).toEqual([...times].sort())
}
