import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { readDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { waitFor } from './wait-for.js'

/** Kills a process that the test started, and waits until it has gone. */
export async function killAndWait(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  await waitFor(`the end of process ${pid}`, () => !isAlive(pid))
}

/** Kills the daemon that serves the state directory when the test ends. */
export function endDaemonAfterTest(stateDirectory: string): void {
  onTestFinished(async () => {
    const daemon = readDaemonFile(statePaths(stateDirectory).daemon)
    if (daemon !== undefined && daemon.pid !== process.pid) await killAndWait(daemon.pid)
  })
}

/** A zombie does not count as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
