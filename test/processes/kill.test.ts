import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProcessTable } from '../../src/processes/platform.js'
import { contentOf, eventually, fixture, openScene, type Scene, type Started, TRUE } from './scene.js'

const STUBBORN = fixture('stubborn')
const PATH = '/usr/bin:/bin'

describe('promise 8: cancelled means gone', () => {
  test('a task that ends on SIGTERM can clean up, is gone at once, and has an exit code', async () => {
    const { processes, start, root } = await openScene()
    const script = `trap 'echo cleaned >"$0/cleaned"; exit 7' TERM; echo up >"$0/up"; while :; do sleep 0.02; done`
    const task = await start(['/bin/sh', '-c', script, root], { env: { PATH } })
    await contentOf(join(root, 'up'))
    await processes.kill(task.spec, task.identity, 60_000)
    expect(await contentOf(join(root, 'cleaned'))).toBe('cleaned\n')
    expect(processes.exitCode(task.spec)).toBe(7)
    expect(processes.hasRemaining(task.spec, task.identity)).toBe(false)
  })

  test('a task that ignores SIGTERM is killed after the grace period, without an exit code', async () => {
    const { processes, start, root } = await openScene()
    const task = await start([STUBBORN, join(root, 'pid')], { env: { PATH } })
    const pid = Number(await contentOf(join(root, 'pid')))
    await processes.kill(task.spec, task.identity, 50)
    expect(isAlive(pid)).toBe(false)
    expect(processes.isAlive(task.identity)).toBe(false)
    expect(processes.exitCode(task.spec)).toBeUndefined()
  })

  test('a grace period of 0 sends no SIGTERM', async () => {
    const { processes, start, root } = await openScene()
    const script = `trap 'echo term >"$0/term"' TERM; echo up >"$0/up"; while :; do sleep 0.02; done`
    const task = await start(['/bin/sh', '-c', script, root], { env: { PATH } })
    await contentOf(join(root, 'up'))
    await processes.kill(task.spec, task.identity, 0)
    expect(existsSync(join(root, 'term'))).toBe(false)
    expect(processes.hasRemaining(task.spec, task.identity)).toBe(false)
  })

  test('a kill right after the launch does not wait for the grace period', async () => {
    const { processes, start } = await openScene()
    for (let round = 0; round < 20; round += 1) {
      const task = await start(['/bin/sleep', '60'])
      await processes.kill(task.spec, task.identity, 60_000)
      expect(processes.exitCode(task.spec)).toBe(143)
    }
  })

  test('killing a task that has ended, or never existed, is no error', async () => {
    const { processes, start, newSpec } = await openScene()
    const task = await start([TRUE])
    await task.exit()
    await processes.kill(task.spec, task.identity, 60_000)
    await processes.kill(newSpec([TRUE]), { ...task.identity, bootId: 'earlier' }, 60_000)
  })
})

/** How a process escapes from its task, as a line of sh; $1 is the stubborn program, $2 its pid file. */
const ESCAPES = {
  'in a session of its own': 'setsid "$1" "$2" & wait',
  'in a session of its own, orphaned, found by its token only': '(setsid "$1" "$2" &) ; wait; sleep 60',
  'orphaned, with a clean environment, found by its session only':
    '(env -i PATH="$PATH" "$1" "$2" &) ; sleep 60',
  'in a group of its own, orphaned, with a clean environment':
    'bash -mc \'(env -i PATH="$PATH" "$1" "$2" &)\' bash "$1" "$2"; sleep 60',
  'in a session of its own, with a clean environment, found by its parent only':
    'env -i PATH="$PATH" setsid "$1" "$2" & wait',
}

describe.runIf(process.platform === 'linux')(
  'promise 8: a process that ignores SIGTERM and has escaped',
  () => {
    test.each(Object.entries(ESCAPES))('is killed: %s', async (_, line) => {
      const scene = await openScene()
      const { task, pid } = await startEscape(scene, line)
      expect(scene.processes.hasRemaining(task.spec, task.identity)).toBe(true)
      await scene.processes.kill(task.spec, task.identity, 50)
      expect(isAlive(pid)).toBe(false)
      expect(scene.processes.hasRemaining(task.spec, task.identity)).toBe(false)
    })

    test('is found after its wrapper is gone', async () => {
      const scene = await openScene()
      const { task, pid } = await startEscape(scene, '(setsid "$1" "$2" &)')
      expect(await task.exit()).toBe(0)
      await eventually(() => (scene.processes.isAlive(task.identity) ? undefined : true))
      expect(scene.processes.hasRemaining(task.spec, task.identity)).toBe(true)
      await scene.processes.kill(task.spec, task.identity, 0)
      expect(isAlive(pid)).toBe(false)
    })

    test('gets SIGTERM before SIGKILL', async () => {
      const scene = await openScene()
      const script = `trap 'echo term >"$0.term"; exit' TERM; echo $$ >"$0"; while :; do sleep 0.02; done`
      const line = `setsid sh -c '${script.replaceAll("'", `'\\''`)}' "$2" & wait`
      const { task } = await startEscape(scene, line)
      await scene.processes.kill(task.spec, task.identity, 60_000)
      expect(await contentOf(join(scene.root, 'pid.term'))).toBe('term\n')
    })
  },
)

test('promise 8: a kill spares other tasks, and a process that reuses the pid of an ended one', async () => {
  const { processes, start } = await openScene()
  const [task, other] = [await start(['/bin/sleep', '60']), await start(['/bin/sleep', '60'])]
  // As if the pid of the other task had been reused after the end of this one.
  const reused = { ...task.identity, pid: other.identity.pid, startTime: '1' }
  await processes.kill({ ...task.spec, token: 'unknown' }, reused, 0)
  await processes.kill(task.spec, task.identity, 0)
  expect(processes.isAlive(task.identity)).toBe(false)
  expect(processes.isAlive(other.identity)).toBe(true)
})

async function startEscape(scene: Scene, line: string): Promise<{ task: Started; pid: number }> {
  const file = join(scene.root, 'pid')
  const task = await scene.start(['/bin/sh', '-c', line, 'sh', STUBBORN, file], { env: { PATH } })
  const pid = Number(await contentOf(file))
  // A failing test must not leave the process behind.
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  return { task, pid }
}

function isAlive(pid: number): boolean {
  const found = openProcessTable().find(pid)
  return found !== undefined && !found.zombie
}
