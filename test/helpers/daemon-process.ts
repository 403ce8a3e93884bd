import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { endDaemon, runningDaemon } from '../../src/cli/daemon/daemon-process.js'
import { cancelAll } from '../../src/cli/task-lists.js'
import { connect } from '../../src/client/connect.js'
import { SpoolError } from '../../src/domain/errors.js'
import { type DaemonFile, readDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { BIN, cleanEnvironment } from './run-cli.js'
import { waitFor } from './wait-for.js'

export interface DaemonProcess {
  /** The content of daemon.json. */
  file: DaemonFile
  child: ChildProcess
  /** Its output on standard error so far. */
  stderr(): string
  /** Sends the signal and resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Ends it with SIGTERM. */
  stop(): Promise<void>
}

export interface DaemonProcessOptions {
  stateDirectory: string
  port?: number
  args?: string[]
  env?: Record<string, string>
}

/** Starts the built `spoold serve` as a child process, and resolves when it accepts connections. */
export async function startDaemonProcess(options: DaemonProcessOptions): Promise<DaemonProcess> {
  const { stateDirectory, port = 0, args = [], env = {} } = options
  const child = spawn(process.execPath, [BIN, 'serve', '--port', String(port), ...args], {
    env: cleanEnvironment(stateDirectory, env),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'close')
    child.kill(signal)
    await gone
  }
  onTestFinished(() => kill('SIGKILL'))
  const file = await waitFor('the daemon to be ready', () => {
    if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}: ${stderr}`)
    const found = readDaemonFile(statePaths(stateDirectory).daemon)
    return found?.pid === child.pid && found
  })
  return { file, child, stderr: () => stderr, kill, stop: () => kill('SIGTERM') }
}

/**
 * Ends the daemon that a test's commands have started, with its tasks, when the test has ended: `spoold stop
 * --cancel-tasks`, without the process.
 */
export function stopDaemonAfterwards(stateDirectory: string): void {
  onTestFinished(async () => {
    const paths = statePaths(stateDirectory)
    try {
      const daemon = await runningDaemon(paths)
      if (daemon === undefined) return
      const { client } = await connect({ stateDirectory, as: 'operator' })
      await cancelAll(client)
      await endDaemon(paths, daemon)
    } catch (error) {
      // Some tests leave a daemon that refuses every call.
      if (!(error instanceof SpoolError)) throw error
    }
  })
}
