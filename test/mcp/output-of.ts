import { expect } from 'vitest'
import type { OutputMode, StatusResult } from '../../src/mcp/results/status.js'

interface Result {
  structured: StatusResult
  text: string
}

/**
 * The output that the results of consecutive polls carry together: a list of chunk contents for details `full` and
 * `chunks`, otherwise the joined text. All copies within a result must be equal.
 */
export function outputOf(results: Result[], detail: OutputMode): string[] | string {
  for (const { structured, text } of results) {
    expect(text.isWellFormed(), 'no half characters').toBe(true)
    expect(JSON.stringify(structured)).not.toMatch(/\\ud[89a-f]/)
  }
  const inText = results.map(({ text }) => textAfterLine(text)).join('')
  if (detail === 'text') return inText
  const joined = results.map(({ structured }) => structured.new_content ?? '').join('')
  if (detail === 'both') expect(inText).toBe(joined)
  if (detail === 'content' || detail === 'both') return joined
  const chunks = results.flatMap(({ structured }) => structured.new_chunks)
  expect(chunks.map(({ index }) => index)).toEqual(chunks.map((_, index) => index))
  const contents = chunks.map(({ content }) => content)
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
