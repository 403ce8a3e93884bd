import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wrapperArguments } from '../../dist/src/processes/wrapper.js'
import { callTool, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { median, quantile } from '../harness/statistics.mjs'

export const title = 'Task start: from the tool call until the process runs'

/** Prints the time at which it runs, in ns since 1970. */
const ARGV = ['/bin/date', '+%s%N']

export async function measure({ random, isShort }) {
  const daemon = await startDaemon()
  // The first task loads code that the later ones reuse.
  await startInDaemon(daemon)
  const times = await withScratchDirectory((directory) =>
    interleave(
      { rounds: isShort ? 5 : 61, random },
      { spoold: () => startInDaemon(daemon), bare: (round) => spawnWrapper(join(directory, String(round))) },
    ),
  )
  await daemon.stop()
  const sides = [
    { name: 'spoold', unit: 'ms', values: times.spoold },
    { name: 'bare spawn of the same wrapper', unit: 'ms', values: times.bare },
  ]
  return [
    {
      name: 'overhead over a bare spawn, p50',
      value: median(times.spoold) - median(times.bare),
      unit: 'ms',
      maxTarget: 15,
      sides,
    },
    {
      name: 'overhead over a bare spawn, p90',
      value: quantile(times.spoold, 0.9) - quantile(times.bare, 0.9),
      unit: 'ms',
      sides,
    },
  ]
}

const now = () => performance.timeOrigin + performance.now()
const inMs = (nanoseconds) => Number(BigInt(nanoseconds.trim()) / 1000n) / 1000

async function startInDaemon(daemon) {
  const start = now()
  const { task_id } = await callTool(daemon, 'spoold_exec', { argv: ARGV })
  const { new_content } = await callTool(daemon, 'kiro_task_status', {
    task_id,
    wait_for: 'done',
    detail: 'full',
  })
  return inMs(/\d{19}/.exec(new_content)[0]) - start
}

/** The files of the wrapper are created before the measurement starts. */
async function spawnWrapper(spoolDirectory) {
  mkdirSync(spoolDirectory)
  const file = join(spoolDirectory, 'out')
  const out = openSync(file, 'a')
  const args = wrapperArguments({
    spoolDirectory,
    attempt: 1,
    inputFile: '/dev/null',
    inputFifo: '',
    toolPath: '/usr/bin:/bin',
    env: {},
    argv: ARGV,
  })
  const start = now()
  const child = spawn('/bin/sh', args, { env: {}, detached: true, stdio: ['ignore', out, 'ignore', 'pipe'] })
  closeSync(out)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the wrapper exited with ${code}`)
  return inMs(readFileSync(file, 'utf8')) - start
}
