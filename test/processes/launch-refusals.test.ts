import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { expectRefusal, openWorkshop, TRUE } from './scene.js'

describe('promise 10: what cannot be launched is refused in one sentence, and nothing was made', () => {
  test('a program that is missing, a directory, not executable, or not named in full', async () => {
    const { runner, order, root, spoolRoot } = await openWorkshop()
    const plain = join(root, 'plain')
    await writeFile(plain, '#!/bin/sh\n', { mode: 0o644 })
    await expectRefusal(
      runner.launch(order([join(root, 'absent')])),
      'launch_error',
      /absent is not there: install/,
    )
    await expectRefusal(runner.launch(order([root])), 'launch_error', /is not a file/)
    await expectRefusal(runner.launch(order([plain])), 'launch_error', /plain is not executable/)
    await expectRefusal(
      runner.launch(order(['exit'])),
      'launch_error',
      /"exit" must be named by its absolute path/,
    )
    await expect(readdir(spoolRoot)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a working directory that is gone, or is a file', async () => {
    const { runner, order, root } = await openWorkshop()
    await writeFile(join(root, 'file'), '')
    const inDirectory = (cwd: string) => runner.launch(order([TRUE], { cwd }))
    await expectRefusal(
      inDirectory(join(root, 'gone')),
      'launch_error',
      /working directory .*gone is not there/,
    )
    await expectRefusal(inDirectory(join(root, 'file')), 'launch_error', /file is not a directory/)
  })

  test('an argument or variable that no process can be given', async () => {
    const { runner, order } = await openWorkshop()
    const argument = (text: string) => runner.launch(order([TRUE, text]))
    const variable = (env: Record<string, string>) => runner.launch(order([TRUE], { env }))
    await expectRefusal(argument('é'.repeat(65_536)), 'launch_error', /over 128 KiB.*standard input/)
    await expectRefusal(argument('a\0b'), 'launch_error', /NUL/)
    await expectRefusal(variable({ 'a.b': '1' }), 'launch_error', /"a\.b" cannot be handed on/)
    await expectRefusal(variable({ BIG: 'x'.repeat(131_072) }), 'launch_error', /BIG is over 128 KiB/)
  })

  test('the longest argument that a process can be given is no reason to refuse', async () => {
    const { start } = await openWorkshop()
    const task = await start([TRUE, 'x'.repeat(128 * 1024 - 1)])
    expect(await task.exit()).toBe(0)
  })

  test('arguments that are too large together', async () => {
    const { runner, order } = await openWorkshop()
    const many = Array.from({ length: 100 }, () => 'x'.repeat(100_000))
    await expectRefusal(
      runner.launch(order([TRUE, ...many])),
      'launch_error',
      /larger than the system allows/,
    )
  })

  test('a shell that is missing', async () => {
    const { runner, order } = await openWorkshop({ shell: '/nowhere/sh' })
    await expectRefusal(runner.launch(order([TRUE])), 'launch_error', /\/nowhere\/sh/)
  })

  test('an id that is no name of a directory', async () => {
    const { runner, order } = await openWorkshop()
    for (const taskId of ['..', '../x', '', '/tmp', '-rf']) {
      await expectRefusal(runner.launch(order([TRUE], { taskId })), 'invalid_input', /cannot be the id/)
    }
  })

  test.runIf(process.platform === 'linux')('a spool that may not be written', async () => {
    const { runner, order } = await openWorkshop({ spoolRoot: '/sys/spoold' })
    await expectRefusal(runner.launch(order([TRUE])), 'storage_readonly', /\/sys\/spoold.*make it writable/)
  })

  test('a spool on a full disk', async ({ skip }) => {
    const { root } = await openWorkshop()
    const disk = join(root, 'disk')
    await mkdir(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0
    if (!mounted) skip('only root can mount a small disk')
    onTestFinished(() => {
      spawnSync('umount', ['-l', disk])
    })
    const { runner, order } = await openWorkshop({ spoolRoot: join(disk, 'spool') })
    const large = order(['/bin/cat'], { input: { is: 'message', text: 'x'.repeat(100_000) } })
    await expectRefusal(runner.launch(large), 'storage_full', /No space is left/)
    // That filled the disk, so the next one has no room even for a claim.
    const small = order([TRUE])
    await expectRefusal(runner.launch(small), 'storage_full', /No space is left/)
    expect(runner.exitCode(small)).toBeUndefined()
  })
})
