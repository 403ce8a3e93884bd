import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

/** A daemon that allows working directories below `inside` only; `outside` is beside it. */
async function openScene() {
  const stateDirectory = tempState()
  const home = dirname(stateDirectory)
  const [inside, outside] = [join(home, 'inside'), join(home, 'outside')]
  for (const directory of [inside, outside, `${inside}-too`]) mkdirSync(directory)
  const agents = { where: { kind: 'command', argv: ['/bin/pwd', '-P'] } }
  const config = { agents, defaultAgent: 'where', allowedRoots: [inside] }
  const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, config) }
  await startDaemonProcess({ stateDirectory, env })
  const run = (directory: string, ...args: string[]) =>
    runCli(['run', '-C', directory, ...args], { stateDirectory, env })
  return { home, inside, outside, run }
}

test('no path leads out of the allowed roots', async () => {
  const { home, inside, outside, run } = await openScene()
  symlinkSync(outside, join(inside, 'link'))
  symlinkSync(join(inside, 'link'), join(inside, 'second'))
  symlinkSync('/', join(inside, 'root'))
  const paths = [
    '../outside',
    'link',
    'second',
    'root',
    'root/etc',
    '..',
    '../inside-too',
    './link/../../outside',
  ]
  for (const directory of [...paths.map((path) => `${inside}/${path}`), outside, '/', home]) {
    const { code, stderr } = await run(directory, 'x')
    expect(stderr, directory).toContain('is outside the allowed roots')
    expect(code).toBe(2)
  }
  mkdirSync(join(inside, 'deep'))
  symlinkSync(join(inside, 'deep'), join(inside, 'short'))
  expect((await run(join(inside, 'short'), 'x')).stdout.trim()).toBe(join(inside, 'deep'))
})
