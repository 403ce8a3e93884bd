import { expect, test, vi } from 'vitest'
import { createAsyncEvent } from '../../src/domain/async-event.js'

const LONG = 60_000

test('a wait ends when the event is set', async () => {
  const event = createAsyncEvent()
  const wait = event.wait(LONG)
  event.set()
  await wait
})

test('an event that was set before the wait ends it at once, and only that one', async () => {
  const event = createAsyncEvent()
  event.set()
  event.set()
  await event.wait(LONG)
  const second = vi.fn()
  const wait = event.wait(LONG).then(second)
  await new Promise((resolve) => setImmediate(resolve))
  expect(second).not.toHaveBeenCalled()
  event.set()
  await wait
})

test('a wait ends after its timeout, however long that is', async () => {
  const event = createAsyncEvent()
  await event.wait(10)
  const set = vi.spyOn(globalThis, 'setTimeout')
  try {
    const wait = event.wait(Number.POSITIVE_INFINITY)
    expect(set).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1)
    event.set()
    await wait
  } finally {
    set.mockRestore()
  }
})

test('a wait ends when its signal aborts, before or meanwhile', async () => {
  const event = createAsyncEvent()
  await event.wait(LONG, AbortSignal.abort())
  const abort = new AbortController()
  const wait = event.wait(LONG, abort.signal)
  abort.abort()
  await wait
})

test('a wait leaves no timer and no listener', async () => {
  const event = createAsyncEvent()
  const { signal } = new AbortController()
  const [set, clear] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')]
  const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
  try {
    const wait = event.wait(LONG, signal)
    event.set()
    await wait
    expect(clear).toHaveBeenCalledWith(set.mock.results[0]?.value)
    expect(removed.mock.calls).toHaveLength(1)
    expect(removed.mock.calls[0]?.slice(0, 2)).toEqual(added.mock.calls[0]?.slice(0, 2))
  } finally {
    set.mockRestore()
    clear.mockRestore()
  }
})
