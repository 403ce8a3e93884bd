import { fstatSync, watch } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { SpoolReader } from '../../src/domain/processes.js'
import { eventually, openWorkshop, TRUE } from './scene.js'

vi.mock('node:fs', { spy: true })

const NEVER = new AbortController().signal
const LONG = 60_000

async function openReader(): Promise<{ reader: SpoolReader; directory: string }> {
  const { runner, spoolRoot } = await openWorkshop()
  const directory = join(spoolRoot, 'task-1')
  await mkdir(directory, { recursive: true })
  const reader = runner.openSpool('task-1')
  onTestFinished(() => reader.close())
  return { reader, directory }
}

describe('a spool is read', () => {
  test('from any offset, at most as much as was asked for', async () => {
    const { reader, directory } = await openReader()
    expect(reader.size('out')).toBe(0)
    expect((await reader.read('out', 0, 10)).length).toBe(0)
    await writeFile(join(directory, 'out'), '0123456789')
    await writeFile(join(directory, 'err'), 'oops')
    expect([reader.size('out'), reader.size('err')]).toEqual([10, 4])
    expect((await reader.read('out', 3, 4)).toString()).toBe('3456')
    expect((await reader.read('out', 8, 100)).toString()).toBe('89')
    expect((await reader.read('out', 10, 100)).length).toBe(0)
    expect((await reader.read('out', 5000, 100)).length).toBe(0)
    await appendFile(join(directory, 'out'), 'more')
    expect((await reader.read('out', 10, 100)).toString()).toBe('more')
  })

  test('as empty when its directory is deleted, before or while it is open', async () => {
    const { runner, spoolRoot } = await openWorkshop()
    const reader = runner.openSpool('task-gone')
    onTestFinished(() => reader.close())
    expect(reader.size('out')).toBe(0)
    await mkdir(join(spoolRoot, 'task-gone'), { recursive: true })
    await reader.changed(LONG, NEVER)
    await rm(spoolRoot, { recursive: true })
    await reader.changed(LONG, NEVER)
    expect(reader.size('err')).toBe(0)
    expect((await reader.read('err', 0, 10)).length).toBe(0)
  })

  test('to its end by a read that is under way when the reader is closed', async () => {
    const { reader, directory } = await openReader()
    await writeFile(join(directory, 'out'), 'x'.repeat(1_000_000))
    const reading = reader.read('out', 0, 1_000_000)
    reader.close()
    expect((await reading).length).toBe(1_000_000)
    expect(reader.size('out')).toBe(0)
  })

  test('with no descriptor left open', async () => {
    const { reader, directory } = await openReader()
    await writeFile(join(directory, 'out'), 'x')
    const opened = vi.mocked(fstatSync)
    opened.mockClear()
    reader.size('out')
    const descriptor = Number(opened.mock.calls[0]?.[0])
    expect(fstatSync(descriptor).size).toBe(1)
    reader.close()
    expect(() => fstatSync(descriptor)).toThrow(/EBADF/)
  })
})

describe('a wait for a change ends', () => {
  test('when a task writes and when its exit code is renamed into place', async () => {
    const { start, runner, root } = await openWorkshop()
    const task = await start(['/bin/sh', '-c', 'until [ -e "$0/go" ]; do sleep 0.01; done; echo hi', root], {
      env: { PATH: '/usr/bin:/bin' },
    })
    const reader = runner.openSpool(task.order.taskId)
    onTestFinished(() => reader.close())
    await writeFile(join(root, 'go'), '')
    while (reader.size('out') === 0) await reader.changed(LONG, NEVER)
    while (runner.exitCode(task.order) === undefined) await reader.changed(LONG, NEVER)
    expect(await task.output()).toBe('hi\n')
  })

  test('at once, when the change came between two waits', async () => {
    const { reader, directory } = await openReader()
    const unrelated = watch(directory)
    onTestFinished(() => unrelated.close())
    const told = new Promise((resolve) => unrelated.once('change', resolve))
    await writeFile(join(directory, 'out'), 'x')
    await told
    await reader.changed(LONG, NEVER)
  })

  test('after the timeout, when the signal aborts, and when the reader is closed', async () => {
    const { reader } = await openReader()
    await reader.changed(10, NEVER)
    await reader.changed(LONG, AbortSignal.abort())
    const abort = new AbortController()
    const [aborted, closed] = [reader.changed(LONG, abort.signal), reader.changed(LONG, NEVER)]
    abort.abort()
    await aborted
    reader.close()
    await closed
    await reader.changed(LONG, NEVER)
  })

  test('without a timer or a listener left', async () => {
    const { reader, directory } = await openReader()
    const [set, cleared] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')]
    onTestFinished(() => {
      set.mockRestore()
      cleared.mockRestore()
    })
    const { signal } = new AbortController()
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    const change = reader.changed(LONG, signal)
    await writeFile(join(directory, 'out'), 'x')
    await change
    const ours = set.mock.calls.findIndex(([, ms]) => ms === LONG)
    expect(cleared).toHaveBeenCalledWith(set.mock.results[ours]?.value)
    expect(removed.mock.calls).toEqual(added.mock.calls)
  })

  test('soon, when the directory cannot be watched', async () => {
    vi.mocked(watch).mockImplementation(() => {
      throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' })
    })
    onTestFinished(() => {
      vi.mocked(watch).mockRestore()
    })
    const { reader, directory } = await openReader()
    await writeFile(join(directory, 'out'), 'x')
    const start = performance.now()
    await reader.changed(LONG, NEVER)
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(reader.size('out')).toBe(1)
  })
})

test('promise 11: a spool is listed until it is discarded, with all that is in it', async () => {
  const { runner, start, spoolRoot } = await openWorkshop()
  expect(await runner.spooledTasks()).toEqual([])
  const task = await start([TRUE], { input: { is: 'message', text: 'message' } })
  await task.exit()
  await writeFile(join(spoolRoot, 'stray file'), '')
  expect(await runner.spooledTasks()).toEqual([task.order.taskId])
  await runner.discardSpool(task.order.taskId)
  await runner.discardSpool(task.order.taskId)
  expect(await runner.spooledTasks()).toEqual([])
  expect(await readdir(spoolRoot)).toEqual(['stray file'])
})

test('an exit code that a crash of the machine cut short is none', async () => {
  const { runner, order, spoolRoot } = await openWorkshop()
  const given = order([TRUE])
  const file = join(spoolRoot, given.taskId, 'exit-1')
  await mkdir(join(spoolRoot, given.taskId), { recursive: true })
  for (const [content, code] of [
    ['', undefined],
    ['1', undefined],
    ['\0\0', undefined],
    ['    \n', undefined],
    ['14\n', 14],
    ['137 \n', 137],
  ] as const) {
    await writeFile(file, content)
    expect(runner.exitCode(given)).toBe(code)
  }
  expect(await eventually(() => readFile(file, 'utf8'))).toBe('137 \n')
})
