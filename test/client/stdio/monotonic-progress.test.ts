import { expect, test } from 'vitest'
import { MonotonicProgress } from '../../../src/client/stdio/monotonic-progress.js'

const report = (progress: number) => ({
  jsonrpc: '2.0' as const,
  method: 'notifications/progress',
  params: { progressToken: 'p', progress, message: `at ${progress}` },
})

test('reports are unchanged until the request is sent again, then they count on', () => {
  const line = new MonotonicProgress()
  line.restart()
  expect([5, 10].map((value) => line.adjust(report(value)))).toEqual([report(5), report(10)])
  line.restart()
  const after = line.adjust(report(5))
  expect(after?.params).toEqual({ progressToken: 'p', progress: 15, message: 'at 5' })
  line.restart()
  line.restart()
  expect(line.adjust(report(2))?.params?.progress).toBe(17)
})

test('a report that is not above the last one is left out', () => {
  const line = new MonotonicProgress()
  line.restart()
  expect(line.adjust(report(5))).toBeDefined()
  expect(line.adjust(report(5))).toBeUndefined()
  line.restart()
  expect(line.adjust(report(0))).toBeUndefined()
})

test('other messages are unchanged', () => {
  const line = new MonotonicProgress()
  const log = { jsonrpc: '2.0' as const, method: 'notifications/message', params: { level: 'info', data: 1 } }
  expect(line.adjust(log)).toBe(log)
})
