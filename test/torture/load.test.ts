import { mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { killProcessesWith } from '../helpers/processes.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'
import { inForm } from './form.js'
import { report } from './report.js'
import { expectBigWhole, startBigTask } from './scene/big-task.js'
import { expectPurged, finishTasks, purgedTasks } from './scene/finished-tasks.js'
import { watchMemory } from './scene/memory-watch.js'
import { type ClientsResult, runClients } from './scene/run-clients.js'

const LASTS_MS = inForm({ short: 12_000, long: 10 * 60_000 })
/** Active tasks at the same time, besides the big one. */
const ACTIVE = inForm({ short: 20, long: 100 })
/** Polls that wait at the same time. */
const WAITING = inForm({ short: 100, long: 1_000 })
const FINISHED = inForm({ short: 500, long: 10_000 })
const BIG_BYTES = inForm({ short: 16, long: 1_000 }) * 1_000_000
/** Lines of a writer, and the longest pause between two lines. */
const WRITER = inForm({ short: { lines: 20, pauseMs: 400 }, long: { lines: 12, pauseMs: 8_000 } })
/** The memory may grow while the daemon warms up; a leak would exceed this limit. */
const MAX_GROWTH_MIB = inForm({ short: 100, long: 40 })
const MAX_PEAK_MIB = 400
/** Time for the last tasks to end, and for the final checks. */
const AFTERWARDS_MS = 150_000
/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

it.skipIf(process.platform !== 'linux')(
  `promise 3: ${ACTIVE} tasks and ${WAITING} waiting polls lose nothing while a big task writes and the purge runs, and memory does not grow (seed ${SEED})`,
  async () => {
    const stateDirectory = tempState()
    // Kills what a failed test left: all its processes have this directory as their home.
    onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
    mkdirSync(stateDirectory, { mode: 0o700 })
    const { database, spool, token } = statePaths(stateDirectory)
    const finished = await finishTasks(database, { count: FINISHED, expireWithinMs: LASTS_MS })
    const daemon = await startDaemonProcess({
      stateDirectory,
      env: { SPOOLD_CONFIG: configFor(stateDirectory) },
    })
    const memory = watchMemory(daemon.file.pid)
    const big = await startBigTask(stateDirectory, { seed: SEED, bytes: BIG_BYTES })
    const request = {
      url: daemon.file.url,
      token: readOrCreateToken(token).token,
      slots: ACTIVE / 2,
      waiters: WAITING / ACTIVE,
      until: Date.now() + LASTS_MS,
      ...WRITER,
    }
    const seen = await Promise.all([
      runClients({ ...request, era: 2025, seed: SEED }),
      runClients({ ...request, era: 2026, seed: SEED + 1 }),
    ])
    const { peakMiB, growthMiB } = memory.stop()
    const bigSeconds = await expectBigWhole(database, big, AFTERWARDS_MS)
    await waitFor('the purge', () => purgedTasks(database).tasks === finished.expiring.length)
    expectPurged(database, finished)
    await waitFor('no spool to be left', () => readdirSync(spool).length === 0)
    expect(growthMiB, 'growth in the second half, MiB').toBeLessThan(MAX_GROWTH_MIB)
    expect(peakMiB, 'peak, MiB').toBeLessThan(MAX_PEAK_MIB)
    await daemon.stop()
    reportLoad(seen, {
      big: `complete after ${bigSeconds.toFixed(0)} s`,
      memory: `at most ${peakMiB.toFixed(0)} MiB; ${growthMiB.toFixed(1)} MiB more at the end of the second half than at its beginning`,
      purge: `${purgedTasks(database).runs} runs removed the expired tasks, the others are unchanged`,
    })
  },
  LASTS_MS + 2 * AFTERWARDS_MS,
)

function configFor(stateDirectory: string): string {
  const writer = join(import.meta.dirname, 'scene', 'timed-writer.mjs')
  return writeConfigBeside(stateDirectory, {
    agents: { writer: { kind: 'command', argv: [process.execPath, writer, '{message}'] } },
    defaultAgent: 'writer',
    maxTasks: 2 * ACTIVE,
    concurrency: 2 * ACTIVE,
    outputLimitBytes: 2 * BIG_BYTES,
    cleanupCron: '* * * * * *',
    logLevel: 'warn',
  })
}

function reportLoad(results: ClientsResult[], checked: { big: string; memory: string; purge: string }): void {
  const row = (scenario: string, amount: string, result: string) =>
    report({ table: 'load', scenario, amount, result })
  const count = (of: (one: ClientsResult) => number) =>
    results.reduce((total, one) => total + of(one), 0).toLocaleString('en')
  const times = (of: (one: ClientsResult) => number[]) => quantiles(results.flatMap(of))
  row(
    `${ACTIVE} active tasks, ${WAITING.toLocaleString('en')} waiting polls of both revisions of MCP, ${FINISHED.toLocaleString('en')} finished tasks`,
    `${LASTS_MS / 60_000} minutes`,
    `${count(({ tasks }) => tasks)} tasks, each read completely by ${WAITING / ACTIVE} clients; ${count(({ polls }) => polls)} polls`,
  )
  row('a task that writes as fast as it can', `${BIG_BYTES / 1_000_000} MB`, checked.big)
  row(
    'latency from the write of a line to a waiting client',
    `${count(({ sinceWrite }) => sinceWrite.length)} lines`,
    times((one) => one.sinceWrite),
  )
  row(
    'latency from the timestamp of a chunk to a waiting client',
    `${count(({ sinceCommit }) => sinceCommit.length)} chunks`,
    times((one) => one.sinceCommit),
  )
  row(
    'latency of a poll that does not wait',
    `${count(({ unwaited }) => unwaited.length)} polls`,
    times((one) => one.unwaited),
  )
  row('resident memory of the daemon', 'twice a second', checked.memory)
  row('the purge, every second', `${FINISHED / 2} tasks`, checked.purge)
}

function quantiles(ms: number[]): string {
  const sorted = ms.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, maximum ${at(1)} ms`
}
