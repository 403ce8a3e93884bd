import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, expectRefusal, fixture, openWorkshop, TRUE } from './scene.js'

describe('promise 4: an attempt whose launch was not recorded', () => {
  test('that started is found by what its wrapper wrote', async () => {
    const { start, runner } = await openWorkshop()
    const task = await start(['/bin/sleep', '60'])
    expect(await runner.settleLaunch(task.order)).toEqual(task.identity)
    expect(runner.isAlive(task.identity)).toBe(true)
  })

  test('that left no trace never started, however often that is asked, and cannot start any more', async () => {
    const { runner, order, root } = await openWorkshop()
    const given = order(['/bin/sh', '-c', 'echo ran >"$0/ran"', root])
    expect(await runner.settleLaunch(given)).toBe('never_started')
    expect(await runner.settleLaunch(given)).toBe('never_started')
    await expectRefusal(runner.launch(given), 'launch_error', /attempt 1/)
    expect(runner.exitCode(given)).toBeUndefined()
    expect(existsSync(join(root, 'ran'))).toBe(false)
  })

  test('can be followed by the next attempt', async () => {
    const { runner, order, start } = await openWorkshop()
    const first = order([TRUE])
    expect(await runner.settleLaunch(first)).toBe('never_started')
    const second = await start([TRUE], { taskId: first.taskId, attempt: 2 })
    expect(await second.exit()).toBe(0)
    expect(runner.exitCode(first)).toBeUndefined()
  })

  test('whose wrapper comes after the decision runs nothing', async () => {
    const { root, runner, order } = await openWorkshop({ shell: fixture('late-shell') })
    const gate = join(root, 'gate')
    const env = { RUNNER_GATE: gate, PATH: '/usr/bin:/bin' }
    const given = order(['/bin/sh', '-c', 'echo ran >"$0/ran"', root], { env })
    const late = expectRefusal(runner.launch(given), 'launch_error', /attempt 1/)
    await eventually(async () => ((await runner.spooledTasks()).length === 1 ? true : undefined))
    expect(await runner.settleLaunch(given)).toBe('never_started')
    await writeFile(gate, '')
    await late
    expect(existsSync(join(root, 'ran'))).toBe(false)
    expect(runner.exitCode(given)).toBeUndefined()
  })

  test('whose wrapper is too slow is refused, and leaves no process', async () => {
    const shell = fixture('late-shell')
    const { root, runner, order } = await openWorkshop({ shell, claimTimeoutMs: 100 })
    const env = { RUNNER_GATE: join(root, 'gate'), PATH: '/usr/bin:/bin' }
    const given = order(['/bin/sh', '-c', 'echo ran >"$0/ran"', root], { env })
    await expectRefusal(runner.launch(given), 'launch_error', /not ready within 100 ms/)
    expect(await runner.settleLaunch(given)).toBe('never_started')
    await writeFile(join(root, 'gate'), '')
    expect(existsSync(join(root, 'ran'))).toBe(false)
  })

  test('launched twice at once runs once', async () => {
    const { root, runner, start, order } = await openWorkshop()
    const script = ['/bin/sh', '-c', 'echo ran >>"$0/ran"; sleep 60', root] as const
    const env = { PATH: '/usr/bin:/bin' }
    const task = await start([...script], { env })
    expect(await runner.launch({ ...order([...script], { env }), ...task.order })).toEqual(task.identity)
    await eventually(() => existsSync(join(root, 'ran')) || undefined)
    expect(runner.hasRemaining(task.order, task.identity)).toBe(true)
  })

  test('promise 6: whose claim was torn by a crash of the machine is lost, not started again', async () => {
    const { runner, order, spoolRoot } = await openWorkshop()
    const given = order([TRUE])
    await mkdir(join(spoolRoot, given.taskId), { recursive: true })
    await writeFile(join(spoolRoot, given.taskId, 'claim-1'), '{"pid":12')
    const claim = await runner.settleLaunch(given)
    if (claim === 'never_started') throw new Error('it may have started')
    expect(runner.isFromEarlierBoot(claim)).toBe(true)
    expect(runner.isAlive(claim)).toBe(false)
    await runner.kill(given, claim, 0)
  })
})

test('settling leaves nothing but the claim in the spool', async () => {
  const { runner, order, spoolRoot } = await openWorkshop()
  const given = order([TRUE])
  await runner.settleLaunch(given)
  expect(await readdir(join(spoolRoot, given.taskId))).toEqual(['claim-1'])
})
