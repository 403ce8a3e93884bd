import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProcessTable } from '../../src/processes/platform.js'
import { contentOf, eventually, fixture, openWorkshop, type Started, TRUE, type Workshop } from './scene.js'

const STUBBORN = fixture('stubborn')
const PATH = '/usr/bin:/bin'

describe('promise 8: cancelled means gone', () => {
  test('a task that ends by SIGTERM is asked, is gone at once, and its exit code is there', async () => {
    const { runner, start, root } = await openWorkshop()
    const script = `trap 'echo cleaned >"$0/cleaned"; exit 7' TERM; echo up >"$0/up"; while :; do sleep 0.02; done`
    const task = await start(['/bin/sh', '-c', script, root], { env: { PATH } })
    await contentOf(join(root, 'up'))
    await runner.kill(task.order, task.identity, 60_000)
    expect(await contentOf(join(root, 'cleaned'))).toBe('cleaned\n')
    expect(runner.exitCode(task.order)).toBe(7)
    expect(runner.hasRemaining(task.order, task.identity)).toBe(false)
  })

  test('a task that ignores SIGTERM is killed after the grace, and records nothing', async () => {
    const { runner, start, root } = await openWorkshop()
    const task = await start([STUBBORN, join(root, 'pid')], { env: { PATH } })
    const pid = Number(await contentOf(join(root, 'pid')))
    await runner.kill(task.order, task.identity, 50)
    expect(lives(pid)).toBe(false)
    expect(runner.isAlive(task.identity)).toBe(false)
    expect(runner.exitCode(task.order)).toBeUndefined()
  })

  test('a grace of 0 asks nobody', async () => {
    const { runner, start, root } = await openWorkshop()
    const script = `trap 'echo asked >"$0/asked"' TERM; echo up >"$0/up"; while :; do sleep 0.02; done`
    const task = await start(['/bin/sh', '-c', script, root], { env: { PATH } })
    await contentOf(join(root, 'up'))
    await runner.kill(task.order, task.identity, 0)
    expect(existsSync(join(root, 'asked'))).toBe(false)
    expect(runner.hasRemaining(task.order, task.identity)).toBe(false)
  })

  test('a cancel right after the launch does not wait for the grace', async () => {
    const { runner, start } = await openWorkshop()
    for (let round = 0; round < 20; round += 1) {
      const task = await start(['/bin/sleep', '60'])
      await runner.kill(task.order, task.identity, 60_000)
      expect(runner.exitCode(task.order)).toBe(143)
    }
  })

  test('a task that has ended, and one that was never there, are no error', async () => {
    const { runner, start, order } = await openWorkshop()
    const task = await start([TRUE])
    await task.exit()
    await runner.kill(task.order, task.identity, 60_000)
    await runner.kill(order([TRUE]), { ...task.identity, bootId: 'earlier' }, 60_000)
  })
})

/** How a process gets away from its task, as a line of sh; $1 is the stubborn program, $2 its pid file. */
const ESCAPES = {
  'in a session of its own': 'setsid "$1" "$2" & wait',
  'in a session of its own, orphaned, with the token only': '(setsid "$1" "$2" &) ; wait; sleep 60',
  'orphaned, with a clean environment, in the session only': '(env -i PATH="$PATH" "$1" "$2" &) ; sleep 60',
  'in a group of its own, orphaned, with a clean environment':
    'bash -mc \'(env -i PATH="$PATH" "$1" "$2" &)\' bash "$1" "$2"; sleep 60',
  'in a session of its own with a clean environment, by descent only':
    'env -i PATH="$PATH" setsid "$1" "$2" & wait',
}

describe.runIf(process.platform === 'linux')('promise 8: a process that ignores SIGTERM and got away', () => {
  test.each(Object.entries(ESCAPES))('%s', async (_, line) => {
    const shop = await openWorkshop()
    const { task, pid } = await startEscape(shop, line)
    expect(shop.runner.hasRemaining(task.order, task.identity)).toBe(true)
    await shop.runner.kill(task.order, task.identity, 50)
    expect(lives(pid)).toBe(false)
    expect(shop.runner.hasRemaining(task.order, task.identity)).toBe(false)
  })

  test('is found when its wrapper is long gone', async () => {
    const shop = await openWorkshop()
    const { task, pid } = await startEscape(shop, '(setsid "$1" "$2" &)')
    expect(await task.exit()).toBe(0)
    await eventually(() => (shop.runner.isAlive(task.identity) ? undefined : true))
    expect(shop.runner.hasRemaining(task.order, task.identity)).toBe(true)
    await shop.runner.kill(task.order, task.identity, 0)
    expect(lives(pid)).toBe(false)
  })

  test('is asked to end before it is killed', async () => {
    const shop = await openWorkshop()
    const script = `trap 'echo asked >"$0.asked"; exit' TERM; echo $$ >"$0"; while :; do sleep 0.02; done`
    const line = `setsid sh -c '${script.replaceAll("'", `'\\''`)}' "$2" & wait`
    const { task } = await startEscape(shop, line)
    await shop.runner.kill(task.order, task.identity, 60_000)
    expect(await contentOf(join(shop.root, 'pid.asked'))).toBe('asked\n')
  })
})

test('promise 8 takes nobody else: another task stays, and so does whoever got the pid of an ended one', async () => {
  const { runner, start } = await openWorkshop()
  const [task, other] = [await start(['/bin/sleep', '60']), await start(['/bin/sleep', '60'])]
  // The pid of the other one, as if it had been given to it after the end of this one.
  const reused = { ...task.identity, pid: other.identity.pid, startTime: '1' }
  await runner.kill({ ...task.order, token: 'unknown' }, reused, 0)
  await runner.kill(task.order, task.identity, 0)
  expect(runner.isAlive(task.identity)).toBe(false)
  expect(runner.isAlive(other.identity)).toBe(true)
})

async function startEscape(shop: Workshop, line: string): Promise<{ task: Started; pid: number }> {
  const file = join(shop.root, 'pid')
  const task = await shop.start(['/bin/sh', '-c', line, 'sh', STUBBORN, file], { env: { PATH } })
  const pid = Number(await contentOf(file))
  // Where the promise is broken, the test still leaves nothing behind.
  onTestFinished(() => {
    if (lives(pid)) process.kill(pid, 'SIGKILL')
  })
  return { task, pid }
}

function lives(pid: number): boolean {
  const found = openProcessTable().find(pid)
  return found !== undefined && !found.zombie
}
