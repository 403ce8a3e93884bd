import { spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, expectRefusal, openWorkshop, SHELLS, type Workshop } from './scene.js'

const dialogue = { input: { is: 'dialogue' } } as const

/** An agent that prints what it is told. */
async function listening(workshop: Workshop, argv: [string, ...string[]] = ['/bin/cat']) {
  const task = await workshop.start(argv, dialogue)
  const input = workshop.runner.openInput(task.order)
  const hasSurvivors = () => workshop.runner.hasRemaining(task.order, task.identity)
  const nothingLeft = () => eventually(() => (hasSurvivors() ? undefined : true))
  /** Repeated, since a ring is not kept for a feeder that does not listen yet. */
  const ended = () =>
    eventually(() => {
      input.wake('end')
      return workshop.runner.exitCode(task.order)
    })
  return { ...task, input, hasSurvivors, nothingLeft, ended }
}

const untilHeard = (output: () => Promise<string>, words: string) =>
  eventually(async () => ((await output()) === words ? true : undefined))

describe.each(SHELLS)('a task that is spoken to, launched by %s', (shell) => {
  test('hears what is said, once, however often it is written', async () => {
    const { input, output, ended, nothingLeft } = await listening(await openWorkshop({ shell }))
    await input.write(0, 'one é\n')
    input.wake('more')
    await untilHeard(output, 'one é\n')
    await input.write(0, 'one é\n')
    input.wake('more')
    await input.write(Buffer.byteLength('one é\n'), 'two\n')
    expect(await ended()).toBe(0)
    expect(await output()).toBe('one é\ntwo\n')
    await nothingLeft()
    // Nobody listens any more, and nothing is refused.
    input.wake('end')
  })

  test('hears what was said before it was ready, and more than a pipe holds', async () => {
    const slow: [string, ...string[]] = ['/bin/sh', '-c', 'sleep 0.3; exec cat']
    const { input, output, ended } = await listening(await openWorkshop({ shell }), slow)
    const large = 'x'.repeat(1_000_000)
    await input.write(0, large)
    input.wake('more')
    expect(await ended()).toBe(0)
    expect(await output()).toBe(large)
  })

  test('ends though it reads nothing, with its own exit code and nothing left', async () => {
    const { input, exit, nothingLeft } = await listening(await openWorkshop({ shell }), [
      '/bin/sh',
      '-c',
      'exit 7',
    ])
    await input.write(0, 'unheard\n')
    input.wake('more')
    expect(await exit()).toBe(7)
    await nothingLeft()
  })

  test('gets the end of its input where its wrapper was killed, at the next ring', async () => {
    const { input, identity, output, hasSurvivors } = await listening(await openWorkshop({ shell }))
    await input.write(0, 'one\n')
    input.wake('more')
    await untilHeard(output, 'one\n')
    process.kill(identity.pid, 'SIGKILL')
    await eventually(() => {
      input.wake('more')
      return hasSurvivors() ? undefined : true
    })
  })

  test('is killed with its feeder', async () => {
    const workshop = await openWorkshop({ shell })
    const { identity, order, nothingLeft } = await listening(workshop)
    await workshop.runner.kill(order, identity, 500)
    expect(workshop.runner.exitCode(order)).toBe(143)
    await nothingLeft()
  })

  test('gets none of the feeder: its variables, its descriptors', async () => {
    const script = 'ls /proc/self/fd; env'
    const workshop = await openWorkshop({ shell })
    const task = await workshop.start(['/bin/sh', '-c', script], {
      ...dialogue,
      env: { word: 'mine', PATH: '/bin:/usr/bin' },
    })
    expect(await task.exit()).toBe(0)
    const output = await task.output()
    expect(output).toContain('word=mine\n')
    const descriptors = (text: string) => text.split('\n').filter((line) => /^\d+$/.test(line))
    const plain = await workshop.start(['/bin/sh', '-c', script], { env: { PATH: '/bin:/usr/bin' } })
    expect(await plain.exit()).toBe(0)
    expect(descriptors(output)).toEqual(descriptors(await plain.output()))
  })
})

test('what is said to a task whose spool is gone is refused, and nothing is made', async () => {
  const { runner, order, spoolRoot } = await openWorkshop()
  const input = runner.openInput(order(['/bin/cat']))
  await expectRefusal(input.write(0, 'hello'), 'launch_error', /spool/)
  input.wake('more')
  await expect(readFile(join(spoolRoot, 'task-1', 'in'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a launch that is made again finds the FIFOs of the first one out of its way', async () => {
  const workshop = await openWorkshop()
  const spool = join(workshop.spoolRoot, 'task-1')
  await mkdir(spool, { recursive: true })
  expect(spawnSync('mkfifo', [join(spool, 'pipe-1'), join(spool, 'bell-1')]).status).toBe(0)
  const { ended } = await listening(workshop)
  expect(await ended()).toBe(0)
})
