import { expect } from 'vitest'
import type { OutputMode, StatusResult } from '../../src/mcp/results/status.js'

interface Answer {
  structured: StatusResult
  text: string
}

/**
 * What answers to polls told together: for details `full` and `chunks` the content of each chunk, put together from its
 * parts, else the text in one.
 */
export function toldBy(answers: Answer[], detail: OutputMode): string[] | string {
  for (const { structured, text } of answers) {
    expect(text.isWellFormed(), 'no half characters').toBe(true)
    expect(JSON.stringify(structured)).not.toMatch(/\\ud[89a-f]/)
  }
  const inText = answers.map(({ text }) => textAfterLine(text)).join('')
  if (detail === 'text') return inText
  const joined = answers.map(({ structured }) => structured.new_content ?? '').join('')
  if (detail === 'both') expect(inText).toBe(joined)
  if (detail === 'content' || detail === 'both') return joined
  const contents: string[] = []
  for (const { structured } of answers) {
    for (const { index, content, offset = 0 } of structured.new_chunks) {
      const before = contents[index] ?? ''
      expect(offset, 'parts follow each other').toBe(before.length)
      contents[index] = before + content
    }
  }
  if (detail === 'full') {
    expect(joined).toBe(contents.join(''))
    expect(inText).toBe(joined)
  }
  return contents
}

function textAfterLine(text: string): string {
  const end = text.indexOf('\n\n')
  return end === -1 ? '' : text.slice(end + 2)
}
