import { spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, expectError, openScene, type Scene, SHELLS } from './scene.js'

const dialogue = { input: { is: 'dialogue' } } as const

/** Starts an agent in a dialogue; by default it prints its input. */
async function startDialogue(scene: Scene, argv: [string, ...string[]] = ['/bin/cat']) {
  const task = await scene.start(argv, dialogue)
  const input = scene.processes.openInput(task.spec)
  const hasRemaining = () => scene.processes.hasRemaining(task.spec, task.identity)
  const untilGone = () => eventually(() => (hasRemaining() ? undefined : true))
  /** Closes the input; repeatedly, because a wake-up is lost if the feeder does not listen yet. */
  const close = () =>
    eventually(() => {
      input.wake('end')
      return scene.processes.exitCode(task.spec)
    })
  return { ...task, input, hasRemaining, untilGone, close }
}

const untilOutput = (output: () => Promise<string>, text: string) =>
  eventually(async () => ((await output()) === text ? true : undefined))

describe.each(SHELLS)('an agent in a dialogue, launched by %s', (shell) => {
  test('reads each message once, however often it is written', async () => {
    const { input, output, close, untilGone } = await startDialogue(await openScene({ shell }))
    await input.write(0, 'one é\n')
    input.wake('more')
    await untilOutput(output, 'one é\n')
    await input.write(0, 'one é\n')
    input.wake('more')
    await input.write(Buffer.byteLength('one é\n'), 'two\n')
    expect(await close()).toBe(0)
    expect(await output()).toBe('one é\ntwo\n')
    await untilGone()
    // The feeder is gone, which is no error.
    input.wake('end')
  })

  test('reads a message that was written before it was ready and is larger than a pipe', async () => {
    const slow: [string, ...string[]] = ['/bin/sh', '-c', 'sleep 0.3; exec cat']
    const { input, output, close } = await startDialogue(await openScene({ shell }), slow)
    const large = 'x'.repeat(1_000_000)
    await input.write(0, large)
    input.wake('more')
    expect(await close()).toBe(0)
    expect(await output()).toBe(large)
  })

  test('exits with its own code although it reads nothing, and leaves no process', async () => {
    const { input, exit, untilGone } = await startDialogue(await openScene({ shell }), [
      '/bin/sh',
      '-c',
      'exit 7',
    ])
    await input.write(0, 'unread\n')
    input.wake('more')
    expect(await exit()).toBe(7)
    await untilGone()
  })

  test('gets the end of its input at the next wake-up after its wrapper was killed', async () => {
    const { input, identity, output, hasRemaining } = await startDialogue(await openScene({ shell }))
    await input.write(0, 'one\n')
    input.wake('more')
    await untilOutput(output, 'one\n')
    process.kill(identity.pid, 'SIGKILL')
    await eventually(() => {
      input.wake('more')
      return hasRemaining() ? undefined : true
    })
  })

  test('is killed with its feeder', async () => {
    const scene = await openScene({ shell })
    const { identity, spec, untilGone } = await startDialogue(scene)
    await scene.processes.kill(spec, identity, 500)
    expect(scene.processes.exitCode(spec)).toBe(143)
    await untilGone()
  })

  test('inherits no variable and no descriptor of its feeder', async () => {
    const script = 'ls /proc/self/fd; env'
    const scene = await openScene({ shell })
    const task = await scene.start(['/bin/sh', '-c', script], {
      ...dialogue,
      env: { word: 'mine', PATH: '/bin:/usr/bin' },
    })
    expect(await task.exit()).toBe(0)
    const output = await task.output()
    expect(output).toContain('word=mine\n')
    const descriptors = (text: string) => text.split('\n').filter((line) => /^\d+$/.test(line))
    const plain = await scene.start(['/bin/sh', '-c', script], { env: { PATH: '/bin:/usr/bin' } })
    expect(await plain.exit()).toBe(0)
    expect(descriptors(output)).toEqual(descriptors(await plain.output()))
  })
})

test('a message to a task whose spool is gone is an error, and creates nothing', async () => {
  const { processes, newSpec, spoolRoot } = await openScene()
  const input = processes.openInput(newSpec(['/bin/cat']))
  await expectError(input.write(0, 'hello'), 'launch_error', /spool/)
  input.wake('more')
  await expect(readFile(join(spoolRoot, 'task-1', 'in'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a repeated launch replaces the FIFOs of the first one', async () => {
  const scene = await openScene()
  const spool = join(scene.spoolRoot, 'task-1')
  await mkdir(spool, { recursive: true })
  expect(spawnSync('mkfifo', [join(spool, 'pipe-1'), join(spool, 'bell-1')]).status).toBe(0)
  const { close } = await startDialogue(scene)
  expect(await close()).toBe(0)
})
