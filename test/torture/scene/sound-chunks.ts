import { expect } from 'vitest'
import type { SeenChunk } from '../../helpers/mcp-client.js'

/** Chunks of a whole task: without holes, dated in order, and ended once. */
export function expectSoundChunks(chunks: SeenChunk[]): void {
  expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, index) => index))
  expect(chunks.filter((chunk) => chunk.is_final)).toEqual([chunks.at(-1)])
  const times = chunks.map((chunk) => chunk.timestamp)
  expect(times).toEqual([...times].sort())
}
