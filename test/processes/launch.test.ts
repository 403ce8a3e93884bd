import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually, openScene, SHELLS, TRUE } from './scene.js'

const PRINT_ARGUMENTS = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
const PRINT_ENVIRONMENT = 'process.stdout.write(JSON.stringify(process.env))'

describe.each(SHELLS)('a task launched by %s', (shell) => {
  test('is claimed by its wrapper before the agent runs', async () => {
    const { start, spoolRoot } = await openScene({ shell })
    const task = await start(['/bin/cat', join(spoolRoot, 'task-1', 'claim-1')])
    expect(await task.exit()).toBe(0)
    expect(JSON.parse(await task.output())).toEqual(task.identity)
  })

  test.each([0, 3, 255])('has its exit code %i recorded', async (code) => {
    const { start, processes } = await openScene({ shell })
    const task = await start(['/bin/sh', '-c', 'read go; exit "$1"', 'sh', String(code)], {
      input: { is: 'message', text: '\n' },
    })
    expect(await task.exit()).toBe(code)
    await eventually(() => (processes.isAlive(task.identity) ? undefined : true))
  })

  test('has no exit code while it runs, 143 after SIGTERM to its group, and no message of the shell in err', async () => {
    const { start, processes, spoolRoot } = await openScene({ shell })
    const task = await start(['/bin/sh', '-c', 'echo ready; exec sleep 60'])
    await eventually(async () => (await task.output()) || undefined)
    expect(processes.exitCode(task.spec)).toBeUndefined()
    process.kill(-task.identity.pid, 'SIGTERM')
    expect(await task.exit()).toBe(143)
    expect(await readFile(join(spoolRoot, task.spec.taskId, 'err'), 'utf8')).toBe('')
  })

  test('promise 6: has no exit code after SIGKILL to its group', async () => {
    const { start, processes } = await openScene({ shell })
    const task = await start(['/bin/sleep', '60'])
    process.kill(-task.identity.pid, 'SIGKILL')
    await eventually(() => (processes.isAlive(task.identity) ? undefined : true))
    expect(processes.exitCode(task.spec)).toBeUndefined()
  })

  test('gets its arguments unchanged', async () => {
    const { start } = await openScene({ shell })
    const awkward = [
      '-n',
      '--',
      '',
      "it's",
      '"',
      'a\nb\n',
      '$(exit 9) `id` $HOME',
      '*',
      '\\',
      'ü🙂',
      ' ',
      '$5',
    ]
    const task = await start([process.execPath, '-e', PRINT_ARGUMENTS, '--', ...awkward])
    expect(await task.exit()).toBe(0)
    expect(JSON.parse(await task.output())).toEqual(awkward)
  })

  test('gets exactly the environment of its spec, its id and its token', async () => {
    process.env.SPOOLD_TEST_SECRET = 'secret'
    onTestFinished(() => {
      delete process.env.SPOOLD_TEST_SECRET
    })
    const { start } = await openScene({ shell })
    // Names that the script uses itself, an awkward value, and a useless PATH.
    const env = {
      PATH: '/nowhere',
      spool: '1',
      stat: '2',
      start: '3',
      claim: '4',
      boot: '',
      TEXT: 'a\n"\'$x=é',
    }
    const task = await start([process.execPath, '-e', PRINT_ENVIRONMENT], { env })
    expect(await task.exit()).toBe(0)
    const { _, ...got } = JSON.parse(await task.output())
    const { taskId, token } = task.spec
    expect(got).toEqual({ ...env, SPOOLD_TASK_ID: taskId, SPOOLD_TASK_TOKEN: token })
  })

  test('reads a message of any size from standard input, or nothing', async () => {
    const { start } = await openScene({ shell })
    const message = `${'é'.repeat(300_000)}\nlast line without an end`
    const [withInput, withoutInput] = [
      await start(['/bin/cat'], { input: { is: 'message', text: message } }),
      await start(['/bin/cat']),
    ]
    expect([await withInput.exit(), await withoutInput.exit()]).toEqual([0, 0])
    expect(await withInput.output()).toBe(message)
    expect(await withoutInput.output()).toBe('')
  })

  test('runs in its working directory', async () => {
    const { start, root } = await openScene({ shell })
    const cwd = join(root, 'a $(dir)')
    await mkdir(cwd)
    const task = await start(['/bin/sh', '-c', 'pwd'], { cwd })
    expect(await task.exit()).toBe(0)
    expect(await task.output()).toBe(`${cwd}\n`)
  })

  test.runIf(process.platform === 'linux')(
    'inherits no open file and no ignored signal from the wrapper',
    async () => {
      const { start } = await openScene({ shell })
      // A shell shows exactly what it inherits; node would change signals and open files.
      const show = ['-c', 'ls /proc/$$/fd; grep SigIgn /proc/$$/status'] as const
      const plain = spawnSync('/bin/sh', [...show], { encoding: 'utf8' })
      const task = await start(['/bin/sh', ...show], { env: { PATH: '/usr/bin:/bin' } })
      expect(await task.exit()).toBe(0)
      expect(await task.output()).toBe(plain.stdout)
      expect(plain.stdout).toMatch(/^0\n1\n2\n[\s\S]*SigIgn:\t0{16}\n$/)
    },
  )

  test('has a private spool whatever the umask, and passes the umask on to the agent', async () => {
    const before = process.umask(0)
    onTestFinished(() => {
      process.umask(before)
    })
    const { start, spoolRoot } = await openScene({ shell })
    const task = await start(['/bin/sh', '-c', 'umask'], { input: { is: 'message', text: 'hello' } })
    process.umask(before)
    expect(await task.exit()).toBe(0)
    expect(Number(await task.output())).toBe(0)
    const directory = join(spoolRoot, task.spec.taskId)
    expect(await mode(spoolRoot)).toBe(0o700)
    expect(await mode(directory)).toBe(0o700)
    for (const name of await readdir(directory))
      expect([name, await mode(join(directory, name))]).toEqual([name, 0o600])
  })

  test('records its exit code as soon as the disk accepts it again', async () => {
    const { start, processes, spoolRoot } = await openScene({ shell })
    const directory = join(spoolRoot, 'task-1')
    const script = 'room=$(echo "$1"/exit-1.*); rm "$room"; mkdir "$room"; exit 4'
    const task = await start(['/bin/sh', '-c', script, 'sh', directory], { env: { PATH: '/bin' } })
    const obstacle = join(directory, `exit-1.${task.identity.pid}`)
    await eventually(() => (spawnSync('rmdir', [obstacle]).status === 0 ? true : undefined))
    expect(await task.exit()).toBe(4)
    await eventually(() => (processes.isAlive(task.identity) ? undefined : true))
  })
})

test('running tasks do not keep the process that launched them alive', async () => {
  const handles = () => process.getActiveResourcesInfo().filter((name) => /^(Process|Pipe)/.test(name))
  const { start, processes } = await openScene()
  const before = handles()
  const task = await start(['/bin/sleep', '60'])
  expect(processes.isAlive(task.identity)).toBe(true)
  expect(handles()).toEqual(before)
})

test('many tasks that end at once can be launched at the same time', async () => {
  const { start } = await openScene()
  const tasks = await Promise.all(Array.from({ length: 40 }, () => start([TRUE])))
  expect(new Set(await Promise.all(tasks.map((task) => task.exit())))).toEqual(new Set([0]))
  expect(new Set(tasks.map((task) => task.identity.pid)).size).toBe(40)
})

async function mode(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}
