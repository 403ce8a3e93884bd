import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { expectError, openScene, TRUE } from './scene.js'

describe('promise 10: an invalid launch is an error with the remedy, and creates nothing', () => {
  test('a program that is missing, is a directory, is not executable or is not an absolute path', async () => {
    const { processes, newSpec, root, spoolRoot } = await openScene()
    const plain = join(root, 'plain')
    await writeFile(plain, '#!/bin/sh\n', { mode: 0o644 })
    await expectError(
      processes.launch(newSpec([join(root, 'absent')])),
      'launch_error',
      /absent does not exist; install/,
    )
    await expectError(processes.launch(newSpec([root])), 'launch_error', /is not a file/)
    await expectError(processes.launch(newSpec([plain])), 'launch_error', /plain is not executable/)
    await expectError(processes.launch(newSpec(['exit'])), 'launch_error', /"exit" must be an absolute path/)
    await expect(readdir(spoolRoot)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a working directory that is missing or is a file', async () => {
    const { processes, newSpec, root } = await openScene()
    await writeFile(join(root, 'file'), '')
    const inDirectory = (cwd: string) => processes.launch(newSpec([TRUE], { cwd }))
    await expectError(
      inDirectory(join(root, 'gone')),
      'launch_error',
      /working directory .*gone does not exist/,
    )
    await expectError(inDirectory(join(root, 'file')), 'launch_error', /file is not a directory/)
  })

  test('an argument or variable that the system does not allow', async () => {
    const { processes, newSpec } = await openScene()
    const argument = (text: string) => processes.launch(newSpec([TRUE, text]))
    const variable = (env: Record<string, string>) => processes.launch(newSpec([TRUE], { env }))
    await expectError(argument('é'.repeat(65_536)), 'launch_error', /limit of 128 KiB.*standard input/)
    await expectError(argument('a\0b'), 'launch_error', /NUL/)
    await expectError(variable({ 'a.b': '1' }), 'launch_error', /"a\.b" is not valid/)
    await expectError(
      variable({ BIG: 'x'.repeat(131_072) }),
      'launch_error',
      /BIG exceeds the system's limit of 128 KiB/,
    )
  })

  test('the longest argument that the system allows is no error', async () => {
    const { start } = await openScene()
    const task = await start([TRUE, 'x'.repeat(128 * 1024 - 1)])
    expect(await task.exit()).toBe(0)
  })

  test('arguments that are too large together', async () => {
    const { processes, newSpec } = await openScene()
    const many = Array.from({ length: 100 }, () => 'x'.repeat(100_000))
    await expectError(
      processes.launch(newSpec([TRUE, ...many])),
      'launch_error',
      /exceed the limit of the system/,
    )
  })

  test('a shell that is missing', async () => {
    const { processes, newSpec } = await openScene({ shell: '/nowhere/sh' })
    await expectError(processes.launch(newSpec([TRUE])), 'launch_error', /\/nowhere\/sh/)
  })

  test('an id that is not a plain file name', async () => {
    const { processes, newSpec } = await openScene()
    for (const taskId of ['..', '../x', '', '/tmp', '-rf']) {
      await expectError(
        processes.launch(newSpec([TRUE], { taskId })),
        'invalid_input',
        /is not a valid task id/,
      )
    }
  })

  test.runIf(process.platform === 'linux')('a spool that cannot be written', async () => {
    const { processes, newSpec } = await openScene({ spoolRoot: '/sys/spoold' })
    await expectError(
      processes.launch(newSpec([TRUE])),
      'storage_readonly',
      /\/sys\/spoold.*make it writable/,
    )
  })

  test('a spool on a full disk', async ({ skip }) => {
    const { root } = await openScene()
    const disk = join(root, 'disk')
    await mkdir(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0
    if (!mounted) skip('only root can mount a small disk')
    onTestFinished(() => {
      spawnSync('umount', ['-l', disk])
    })
    const { processes, newSpec } = await openScene({ spoolRoot: join(disk, 'spool') })
    const large = newSpec(['/bin/cat'], { input: { is: 'message', text: 'x'.repeat(100_000) } })
    await expectError(processes.launch(large), 'storage_full', /No space is left/)
    // Now the disk is full, so the next task has no space even for its claim.
    const small = newSpec([TRUE])
    await expectError(processes.launch(small), 'storage_full', /No space is left/)
    expect(processes.exitCode(small)).toBeUndefined()
  })
})
