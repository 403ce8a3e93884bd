import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandFile } from '../../client/command-file.js'
import { SpoolError } from '../../domain/errors.js'
import { type DaemonFile, readDaemonFile } from '../../state/daemon-file.js'
import type { StatePaths } from '../../state/paths.js'

const START_LIMIT_MS = 15_000

/** A daemon that the demo has started and may kill. */
export interface DemoDaemon {
  file: DaemonFile
  /** Sends the signal and resolves when the process has exited. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

export interface DemoDaemonOptions {
  paths: StatePaths
  configFile: string | undefined
  port: number
  env: NodeJS.ProcessEnv
}

/** Starts `spoold serve` and resolves when it is ready. Throws SpoolError `daemon_start_failed`. */
export async function startDemoDaemon(options: DemoDaemonOptions): Promise<DemoDaemon> {
  const { paths, configFile, port, env } = options
  const config = configFile === undefined ? [] : ['--config', configFile]
  const output = openSync(`${paths.root}.log`, 'a', 0o600)
  const child = spawn(
    process.execPath,
    [commandFile(), 'serve', '--port', String(port), '--state-dir', paths.root, ...config],
    { stdio: ['ignore', output, output], detached: true, env },
  )
  closeSync(output)
  const until = Date.now() + START_LIMIT_MS
  for (;;) {
    const file = readDaemonFile(paths.daemon)
    if (file !== undefined && file.pid === child.pid) return { file, end: (signal) => end(child, signal) }
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL')
      const lastLine = readFileSync(`${paths.root}.log`, 'utf8').trim().split('\n').at(-1)
      throw new SpoolError('daemon_start_failed', `The demo's daemon did not start: ${lastLine}`)
    }
    await sleep(20)
  }
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
