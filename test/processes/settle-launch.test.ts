import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, expectError, fixture, openScene, TRUE } from './scene.js'

describe('promise 4: an attempt whose launch was not recorded', () => {
  test('is found by its claim if it started', async () => {
    const { start, processes } = await openScene()
    const task = await start(['/bin/sleep', '60'])
    expect(await processes.settleLaunch(task.spec)).toEqual(task.identity)
    expect(processes.isAlive(task.identity)).toBe(true)
  })

  test('has never started if it left no trace, and can no longer start', async () => {
    const { processes, newSpec, root } = await openScene()
    const spec = newSpec(['/bin/sh', '-c', 'echo ran >"$0/ran"', root])
    expect(await processes.settleLaunch(spec)).toBe('never_started')
    expect(await processes.settleLaunch(spec)).toBe('never_started')
    await expectError(processes.launch(spec), 'launch_error', /attempt 1/)
    expect(processes.exitCode(spec)).toBeUndefined()
    expect(existsSync(join(root, 'ran'))).toBe(false)
  })

  test('can be followed by the next attempt', async () => {
    const { processes, newSpec, start } = await openScene()
    const first = newSpec([TRUE])
    expect(await processes.settleLaunch(first)).toBe('never_started')
    const second = await start([TRUE], { taskId: first.taskId, attempt: 2 })
    expect(await second.exit()).toBe(0)
    expect(processes.exitCode(first)).toBeUndefined()
  })

  test('runs nothing if its wrapper is too late', async () => {
    const { root, processes, newSpec } = await openScene({ shell: fixture('late-shell') })
    const gate = join(root, 'gate')
    const env = { SHELL_GATE: gate, PATH: '/usr/bin:/bin' }
    const spec = newSpec(['/bin/sh', '-c', 'echo ran >"$0/ran"', root], { env })
    const late = expectError(processes.launch(spec), 'launch_error', /attempt 1/)
    await eventually(async () => ((await processes.spooledTasks()).length === 1 ? true : undefined))
    expect(await processes.settleLaunch(spec)).toBe('never_started')
    await writeFile(gate, '')
    await late
    expect(existsSync(join(root, 'ran'))).toBe(false)
    expect(processes.exitCode(spec)).toBeUndefined()
  })

  test('fails if its wrapper is too slow, and leaves no process', async () => {
    const shell = fixture('late-shell')
    const { root, processes, newSpec } = await openScene({ shell, claimTimeoutMs: 100 })
    const env = { SHELL_GATE: join(root, 'gate'), PATH: '/usr/bin:/bin' }
    const spec = newSpec(['/bin/sh', '-c', 'echo ran >"$0/ran"', root], { env })
    await expectError(processes.launch(spec), 'launch_error', /not ready within 100 ms/)
    expect(await processes.settleLaunch(spec)).toBe('never_started')
    await writeFile(join(root, 'gate'), '')
    expect(existsSync(join(root, 'ran'))).toBe(false)
  })

  test('runs once if it is launched twice', async () => {
    const { root, processes, start } = await openScene()
    const script = ['/bin/sh', '-c', 'echo ran >>"$0/ran"; sleep 60', root] as const
    const task = await start([...script], { env: { PATH: '/usr/bin:/bin' } })
    expect(await processes.launch(task.spec)).toEqual(task.identity)
    await eventually(() => existsSync(join(root, 'ran')) || undefined)
    expect(processes.hasRemaining(task.spec, task.identity)).toBe(true)
  })

  test('promise 6: is lost, not started again, if a crash of the machine tore its claim', async () => {
    const { processes, newSpec, spoolRoot } = await openScene()
    const spec = newSpec([TRUE])
    await mkdir(join(spoolRoot, spec.taskId), { recursive: true })
    await writeFile(join(spoolRoot, spec.taskId, 'claim-1'), '{"pid":12')
    const claim = await processes.settleLaunch(spec)
    if (claim === 'never_started') throw new Error('it may have started')
    expect(processes.isFromEarlierBoot(claim)).toBe(true)
    expect(processes.isAlive(claim)).toBe(false)
    await processes.kill(spec, claim, 0)
  })
})

test('settling leaves only the claim in the spool', async () => {
  const { processes, newSpec, spoolRoot } = await openScene()
  const spec = newSpec([TRUE])
  await processes.settleLaunch(spec)
  expect(await readdir(join(spoolRoot, spec.taskId))).toEqual(['claim-1'])
})
