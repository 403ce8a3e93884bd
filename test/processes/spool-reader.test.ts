import fs, { fstatSync } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAsyncEvent } from '../../src/domain/async-event.js'
import { eventually, openScene, type Scene, TRUE } from './scene.js'

const LONG = 60_000

/** Opens the spool of a task. `nextChange` waits for a change since its last call. */
function openReader({ processes }: Scene, taskId: string) {
  const changed = createAsyncEvent()
  const onChange = vi.fn(changed.set)
  const reader = processes.openSpool(taskId, onChange)
  onTestFinished(() => reader.close())
  return { reader, onChange, nextChange: () => changed.wait(LONG) }
}

async function openEmptySpool() {
  const scene = await openScene()
  const directory = join(scene.spoolRoot, 'task-1')
  await mkdir(directory, { recursive: true })
  return { ...openReader(scene, 'task-1'), directory }
}

/** Watches the calls of a function of node:fs, also through named imports, until the test has ended. */
function spyOnFs(name: 'fstatSync' | 'watch') {
  const spy = vi.spyOn(fs, name)
  syncBuiltinESMExports()
  onTestFinished(() => {
    spy.mockRestore()
    syncBuiltinESMExports()
  })
  return spy
}

describe('a spool is read', () => {
  test('from any offset, at most the requested length', async () => {
    const { reader, directory } = await openEmptySpool()
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

  test('as empty if its directory is deleted, before or while it is open', async () => {
    const scene = await openScene()
    const { reader, nextChange } = openReader(scene, 'task-gone')
    expect(reader.size('out')).toBe(0)
    await mkdir(join(scene.spoolRoot, 'task-gone'), { recursive: true })
    await nextChange()
    await rm(scene.spoolRoot, { recursive: true })
    await nextChange()
    expect(reader.size('err')).toBe(0)
    expect((await reader.read('err', 0, 10)).length).toBe(0)
  })

  test('to its end by a read that has begun when the reader is closed', async () => {
    const { reader, directory } = await openEmptySpool()
    await writeFile(join(directory, 'out'), 'x'.repeat(1_000_000))
    const reading = reader.read('out', 0, 1_000_000)
    reader.close()
    expect((await reading).length).toBe(1_000_000)
    expect(reader.size('out')).toBe(0)
  })

  test('without leaving a descriptor open', async () => {
    const { reader, directory } = await openEmptySpool()
    await writeFile(join(directory, 'out'), 'x')
    const opened = spyOnFs('fstatSync')
    reader.size('out')
    const descriptor = Number(opened.mock.calls[0]?.[0])
    expect(fstatSync(descriptor).size).toBe(1)
    reader.close()
    expect(() => fstatSync(descriptor)).toThrow(/EBADF/)
  })
})

describe('a change of a spool is reported', () => {
  test('when a task writes and when its exit code is renamed into place', async () => {
    const scene = await openScene()
    const { processes, root } = scene
    const script = 'until [ -e "$0/go" ]; do sleep 0.1; done; echo hi'
    const task = await scene.start(['/bin/sh', '-c', script, root], { env: { PATH: '/usr/bin:/bin' } })
    const { reader, nextChange } = openReader(scene, task.spec.taskId)
    await writeFile(join(root, 'go'), '')
    while (reader.size('out') === 0) await nextChange()
    while (processes.exitCode(task.spec) === undefined) await nextChange()
    expect(await task.output()).toBe('hi\n')
  })

  test('only until the reader is closed', async () => {
    const scene = await openScene()
    await mkdir(join(scene.spoolRoot, 'task-1'), { recursive: true })
    const [closed, open] = [openReader(scene, 'task-1'), openReader(scene, 'task-1')]
    closed.reader.close()
    closed.reader.close()
    await writeFile(join(scene.spoolRoot, 'task-1', 'out'), 'x')
    await open.nextChange()
    expect(closed.onChange).not.toHaveBeenCalled()
  })

  test('by polling that the end of the reader stops, while there is no directory', async () => {
    const [set, clear] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')]
    onTestFinished(() => {
      set.mockRestore()
      clear.mockRestore()
    })
    const { reader, nextChange } = openReader(await openScene(), 'task-none')
    await nextChange()
    expect(set).toHaveBeenCalledTimes(1)
    reader.close()
    expect(clear).toHaveBeenCalledWith(set.mock.results[0]?.value)
  })

  test('soon if the directory cannot be watched', async () => {
    spyOnFs('watch').mockImplementation(() => {
      throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' })
    })
    const { reader, nextChange, directory } = await openEmptySpool()
    await writeFile(join(directory, 'out'), 'x')
    const start = performance.now()
    await nextChange()
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(reader.size('out')).toBe(1)
  })
})

test('promise 11: a spool is listed until it is discarded with everything in it', async () => {
  const { processes, start, spoolRoot } = await openScene()
  expect(await processes.spooledTasks()).toEqual([])
  const task = await start([TRUE], { input: { is: 'message', text: 'message' } })
  await task.exit()
  await writeFile(join(spoolRoot, 'stray file'), '')
  expect(await processes.spooledTasks()).toEqual([task.spec.taskId])
  await processes.discardSpool(task.spec.taskId)
  await processes.discardSpool(task.spec.taskId)
  expect(await processes.spooledTasks()).toEqual([])
  expect(await readdir(spoolRoot)).toEqual(['stray file'])
})

test('an exit code that was torn by a crash of the machine does not count', async () => {
  const { processes, newSpec, spoolRoot } = await openScene()
  const spec = newSpec([TRUE])
  const file = join(spoolRoot, spec.taskId, 'exit-1')
  await mkdir(join(spoolRoot, spec.taskId), { recursive: true })
  for (const [content, code] of [
    ['', undefined],
    ['1', undefined],
    ['\0\0', undefined],
    ['    \n', undefined],
    ['14\n', 14],
    ['137 \n', 137],
  ] as const) {
    await writeFile(file, content)
    expect(processes.exitCode(spec)).toBe(code)
  }
  expect(await eventually(() => readFile(file, 'utf8'))).toBe('137 \n')
})
