import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wrapperArguments } from '../../dist/src/processes/wrapper.js'
import { callTool, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { inScratch } from '../harness/scratch.mjs'
import { median, quantile } from '../harness/statistics.mjs'

export const title = 'Start of a task: from the call of the tool to its process running'

/** Tells when it runs, in ns since 1970. */
const ARGV = ['/bin/date', '+%s%N']

export async function measure({ random, isShort }) {
  const daemon = await startDaemon()
  // The first task loads what the later ones find ready.
  await byDaemon(daemon)
  const times = await inScratch((directory) =>
    interleave(
      { rounds: isShort ? 5 : 61, random },
      { spoold: () => byDaemon(daemon), bare: (round) => byHand(join(directory, String(round))) },
    ),
  )
  await daemon.stop()
  const sides = [
    { name: 'spoold', unit: 'ms', values: times.spoold },
    { name: 'a bare spawn of the same wrapper', unit: 'ms', values: times.bare },
  ]
  return [
    {
      what: 'over a bare spawn, p50',
      figure: median(times.spoold) - median(times.bare),
      unit: 'ms',
      atMost: 15,
      sides,
    },
    {
      what: 'over a bare spawn, p90',
      figure: quantile(times.spoold, 0.9) - quantile(times.bare, 0.9),
      unit: 'ms',
      sides,
    },
  ]
}

const now = () => performance.timeOrigin + performance.now()
const inMs = (nanoseconds) => Number(BigInt(nanoseconds.trim()) / 1000n) / 1000

async function byDaemon(daemon) {
  const start = now()
  const { task_id } = await callTool(daemon, 'spoold_exec', { argv: ARGV })
  const { new_content } = await callTool(daemon, 'kiro_task_status', {
    task_id,
    wait_for: 'done',
    detail: 'full',
  })
  return inMs(/\d{19}/.exec(new_content)[0]) - start
}

/** What the wrapper needs is there before the clock starts. */
async function byHand(spoolDirectory) {
  mkdirSync(spoolDirectory)
  const file = join(spoolDirectory, 'out')
  const out = openSync(file, 'a')
  const args = wrapperArguments({
    spoolDirectory,
    attempt: 1,
    inputFile: '/dev/null',
    inputPipe: '',
    toolPath: '/usr/bin:/bin',
    env: {},
    argv: ARGV,
  })
  const start = now()
  const child = spawn('/bin/sh', args, { env: {}, detached: true, stdio: ['ignore', out, 'ignore', 'pipe'] })
  closeSync(out)
  await once(child, 'exit')
  return inMs(readFileSync(file, 'utf8')) - start
}
