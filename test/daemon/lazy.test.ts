import { expect, test } from 'vitest'
import { lazy } from '../../src/daemon/lazy.js'

function openPart() {
  const calls: string[] = []
  const part = { finish: () => void calls.push('finish'), close: async () => void calls.push('close') }
  return { part, calls }
}

test('a part is loaded once, on first use, and finished and closed', async () => {
  const { part, calls } = openPart()
  let loads = 0
  const late = lazy(async () => {
    loads += 1
    return part
  })
  expect(loads).toBe(0)
  expect(await Promise.all([late.get(), late.get()])).toEqual([part, part])
  expect(loads).toBe(1)
  late.finish()
  await late.close()
  expect(calls).toEqual(['finish', 'close'])
})

test('a part that is loaded after the finish accepts no streams', async () => {
  const { part, calls } = openPart()
  const late = lazy(async () => part)
  late.finish()
  expect(await late.get()).toBe(part)
  expect(calls).toEqual(['finish'])
  await late.close()
  expect(calls).toEqual(['finish', 'close'])
})

test('a failed load is reported to every caller, with the remedy', async () => {
  const late = lazy<ReturnType<typeof openPart>['part']>(() => Promise.reject(new Error('EMFILE')))
  for (let n = 0; n < 2; n += 1) await expect(late.get()).rejects.toThrow(/spoold restart/)
  late.finish()
  await late.close()
})

test('closing a part that was never loaded, or could not be, is not a failure', async () => {
  await lazy(async () => openPart().part).close()
  const late = lazy<ReturnType<typeof openPart>['part']>(() => Promise.reject(new Error('gone')))
  const asked = late.get().catch((error: Error) => error.message)
  await late.close()
  expect(await asked).toContain('could not be loaded')
})
