import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonLine, JsonLines } from '../../src/agents/output/jsonl.js'

function read(source: string | Uint8Array, longest?: number): JsonLine[] {
  const lines = new JsonLines({ dropping: 0 }, longest)
  return [...lines.push(Buffer.from(source)), ...lines.end()]
}

describe('lines of JSON', () => {
  it('returns objects, and cleaned text for other lines', () => {
    expect(read('{"a":1}\n\n \x1b[31mplain\x1b[0m line\r\n[1]\n{"b":"é"}\r\n{broken')).toEqual([
      { object: { a: 1 } },
      { text: ' plain line' },
      { text: '[1]' },
      { object: { b: 'é' } },
      { text: '{broken' },
    ])
  })

  it('counts a last line without a newline', () => {
    expect(read('{"a":1}')).toEqual([{ object: { a: 1 } }])
  })

  it('keeps an unfinished line unsettled', () => {
    const lines = new JsonLines()
    expect(lines.push(Buffer.from('{"a":1}\n{"b'))).toEqual([{ object: { a: 1 } }])
    expect(lines.unsettled).toBe(3)
    expect(lines.push(Buffer.from('":2}\n'))).toEqual([{ object: { b: 2 } }])
    expect(lines.unsettled).toBe(0)
  })

  it('promise 9: drops a line that is too long, and reports its size', () => {
    const lines = new JsonLines({ dropping: 0 }, 10)
    expect(lines.push(Buffer.from('0123456789'))).toEqual([])
    expect(lines.unsettled).toBe(10)
    expect(lines.push(Buffer.from('a'))).toEqual([])
    expect([lines.unsettled, lines.state()]).toEqual([0, { dropping: 11 }])
    const restored = new JsonLines(lines.state(), 10)
    expect(restored.push(Buffer.from('bcd\n{}\n'))).toEqual([{ droppedBytes: 14 }, { object: {} }])
    expect(read(`{}\n${'x'.repeat(20)}`, 10)).toEqual([{ object: {} }, { droppedBytes: 20 }])
  })

  it('returns the same lines for any split of the bytes, and from each saved state', () => {
    const source = fc
      .array(
        fc.oneof(fc.constantFrom('{"a":"é👋"}\n', '\n', '\r\n', '{}\n', 'plain\n', '{"a":'), fc.string()),
      )
      .map((parts) => Buffer.from(parts.join('')))
    fc.assert(
      fc.property(source, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (input, sizes) => {
        let lines = new JsonLines({ dropping: 0 }, 12)
        const given: JsonLine[] = []
        for (let start = 0; start < input.length; ) {
          const end = Math.min(input.length, start + (sizes.next().value as number))
          given.push(...lines.push(input.subarray(start, end)))
          start = end
          const { unsettled } = lines
          lines = new JsonLines(lines.state(), 12)
          given.push(...lines.push(input.subarray(start - unsettled, start)))
        }
        expect([...given, ...lines.end()]).toEqual(read(input, 12))
      }),
      { numRuns: 1000 },
    )
  })
})
