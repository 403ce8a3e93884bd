import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutSnippet, HIT_MARKS } from '../../src/store/snippet.js'

const found = (word: string) => `${HIT_MARKS.before}${word}${HIT_MARKS.after}`

describe('a snippet', () => {
  it('is all of a short text', () => {
    expect(cutSnippet(`one ${found('two')} three`)).toEqual({ snippet: 'one «two» three', offset: 4 })
  })

  it('is cut between words, around the window with the most different words', () => {
    const text = `${'away '.repeat(100)}${found('one')} ${'away '.repeat(100)}${found('one')} and ${found('two')} ${'rest '.repeat(100)}`
    const { snippet, offset } = cutSnippet(text)
    expect(snippet).toMatch(/^…(away )+«one» and «two» (rest ?)+…$/)
    expect(offset).toBe(500 + 4 + 500)
  })

  it('is fast for a word with thousands of hits', () => {
    const text = `${found('x')} `.repeat(30_000)
    expect(cutSnippet(text)).toMatchObject({ offset: 0, snippet: expect.stringMatching(/^(«x» )+«x»…$/) })
  })

  it('is a part of the text with complete marks, and its offset is that of a hit', () => {
    const parts = fc.array(
      fc.oneof(
        fc.string({ unit: fc.constantFrom('a', '🧵', ' ', '\n', 'é'), maxLength: 400 }),
        fc.constantFrom('one', 'two', 'y'.repeat(300)).map(found),
      ),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(parts, (given) => {
        const marked = given.join('')
        const plain = marked.replaceAll(HIT_MARKS.before, '').replaceAll(HIT_MARKS.after, '')
        const { snippet, offset } = cutSnippet(marked)
        expect(plain).toContain(snippet.replace(/[«»]/g, '').replace(/^…|…$/g, ''))
        expect(snippet.replace(/[^«»]/g, '')).toMatch(/^(«»)*$/)
        expect(snippet.isWellFormed()).toBe(true)
        if (!marked.includes(HIT_MARKS.before)) return
        expect(snippet).toContain('»')
        expect(plain.slice(offset)).toMatch(/^(one|two|y{300})/)
      }),
      { numRuns: 1_000 },
    )
  })
})
