import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ask } from '../../../src/cli/client/ask.js'

/** Asks where this is typed; the last sign may be Ctrl-C or Ctrl-D. */
function typed(text: string): Promise<boolean> {
  const input = new PassThrough()
  // Only a terminal's Ctrl-C is one.
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
  const answer = ask('Write it? [y/N] ', { input, output })
  input.write(text)
  return answer
}

test.each([
  ['y\r', true],
  ['Yes\r', true],
  ['\r', false],
  ['n\r', false],
  ['yess\r', false],
  ['\u0004', false],
])('%j', async (text, isYes) => {
  expect(await typed(text)).toBe(isYes)
})

test('Ctrl-C is an interrupt', async () => {
  await expect(typed('y\u0003')).rejects.toMatchObject({ exitCode: 130 })
})
