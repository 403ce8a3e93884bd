import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_CHUNK_BYTES, type Piece } from '../../src/domain/chunk.js'
import { splitBytes } from '../../src/domain/text.js'
import { coalesce } from '../../src/tasks/run/coalesce.js'
import { endPieces } from '../../src/tasks/run/judge.js'

const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '\n', 'é', '日', '👋', '\u0000'), maxLength: 8_000 }),
  fc.string({ unit: 'grapheme', maxLength: 3_000 }),
)

describe('a chunk is at most 1,984 bytes of UTF-8', () => {
  test('splitting loses nothing, halves no character, and fills every part but the last to three quarters', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 3_000 }), (text, maxBytes) => {
        const parts = splitBytes(text, maxBytes)
        expect(parts.join('')).toBe(text)
        for (const [index, part] of parts.entries()) {
          const bytes = Buffer.byteLength(part)
          expect(bytes).toBeLessThanOrEqual(maxBytes)
          expect(part.isWellFormed()).toBe(text.isWellFormed())
          if (index < parts.length - 1) expect(bytes).toBeGreaterThan((maxBytes - 3) / 4)
        }
      }),
    )
  })

  test('a part ends at a newline if one is near', () => {
    const lines = `${'x'.repeat(70)}\n`.repeat(100)
    const parts = splitBytes(lines, MAX_CHUNK_BYTES)
    for (const part of parts) expect(part.endsWith('\n')).toBe(true)
    expect(parts.length).toBeLessThanOrEqual(Math.ceil(lines.length / MAX_CHUNK_BYTES) + 1)
    expect(splitBytes(`a\n${'x'.repeat(3_000)}`, MAX_CHUNK_BYTES)[0]).toHaveLength(MAX_CHUNK_BYTES)
  })

  test('pieces of every kind obey it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind: fc.constantFrom<Piece['kind']>('text', 'tool', 'notice', 'error'),
            content: texts,
          }),
          {
            maxLength: 6,
          },
        ),
        (pieces) => {
          const chunks = coalesce(pieces)
          for (const { content } of chunks)
            expect(Buffer.byteLength(content)).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
          const joined = (some: Piece[]) => some.map(({ content }) => content).join('')
          expect(joined(chunks)).toBe(joined(pieces))
        },
      ),
    )
  })

  test('so does a long error: it takes several chunks, and the last one is final', () => {
    const error = '日本'.repeat(1_000)
    const outcome = { status: 'failed', endReason: 'agent_error', error, exitCode: 1 } as const
    const { pieces, finalPiece } = endPieces([{ kind: 'text', content: 'said' }], outcome)
    const chunks = [...pieces, finalPiece]
    expect(chunks[0]).toEqual({ kind: 'text', content: 'said' })
    expect(chunks.length).toBeGreaterThan(3)
    expect(
      chunks
        .slice(1)
        .map(({ content }) => content)
        .join(''),
    ).toBe(`\nError: ${error}`)
    for (const { content } of chunks) expect(Buffer.byteLength(content)).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
    for (const { kind } of chunks.slice(1)) expect(kind).toBe('error')
  })
})
