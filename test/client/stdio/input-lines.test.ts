import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, LineReader } from '../../../src/client/stdio/input-lines.js'

function linesOf(maxBytes: number, parts: Buffer[]): Line[] {
  const lines = new LineReader(maxBytes)
  return parts.flatMap((part) => lines.push(part))
}

test('the cuts between reads change nothing', () => {
  const stream = Buffer.from('one\r\n\n日本🧵\nthis one is far too long for the limit\nlast\nhalf')
  const expected = [{ text: 'one' }, { text: '' }, { text: '日本🧵' }, 'too_long', { text: 'last' }]
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
      const borders = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const parts = borders.slice(1).map((end, index) => stream.subarray(borders[index], end))
      expect(linesOf(12, parts)).toEqual(expected)
    }),
  )
})

test('a line that is too long is reported once, before it ends', () => {
  const lines = new LineReader(4)
  expect(lines.push(Buffer.from('12345'))).toEqual(['too_long'])
  expect(lines.push(Buffer.from('67890'))).toEqual([])
  expect(lines.push(Buffer.from('\n1234\n'))).toEqual([{ text: '1234' }])
})
