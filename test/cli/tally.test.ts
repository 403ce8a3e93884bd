import { expect, test } from 'vitest'
import { tallyChunks, tallyLines } from '../../src/cli/demo/tally.js'

const chunk = (index: number, content: string) => ({ index, kind: 'text', content })

test('chunks: missing, different and repeated ones are counted', () => {
  const stored = [chunk(0, 'a'), chunk(1, 'b'), chunk(2, 'c')]
  expect(tallyChunks(stored, stored)).toEqual({ lost: 0, repeated: 0 })
  expect(tallyChunks([chunk(0, 'a'), chunk(2, 'c')], stored)).toEqual({ lost: 1, repeated: 0 })
  expect(tallyChunks([chunk(0, 'a'), chunk(1, 'x'), chunk(2, 'c')], stored)).toEqual({ lost: 1, repeated: 0 })
  expect(tallyChunks([...stored, chunk(1, 'b')], stored)).toEqual({ lost: 0, repeated: 1 })
})

test('lines: missing, split, misplaced and repeated ones are counted', () => {
  const expected = ['1\n', '2\n', '3\n']
  expect(tallyLines('1\n2\n3\n', expected)).toEqual({ lost: 0, repeated: 0 })
  expect(tallyLines('1\n3\n', expected)).toEqual({ lost: 1, repeated: 0 })
  expect(tallyLines('1\n2\n2\n3\n', expected)).toEqual({ lost: 0, repeated: 1 })
  expect(tallyLines('1\n3\n2\n', expected)).toEqual({ lost: 1, repeated: 0 })
  expect(tallyLines('1\n2', expected).lost).toBe(2)
})
