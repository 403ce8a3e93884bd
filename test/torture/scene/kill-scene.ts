import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { statePaths } from '../../../src/state/paths.js'
import { readOrCreateToken } from '../../../src/state/token.js'
import { type DaemonProcess, startDaemonProcess } from '../../helpers/daemon-process.js'
import { freePort } from '../../helpers/free-port.js'
import { writeConfigBeside } from '../../helpers/gate.js'
import { killProcessesWith } from '../../helpers/processes.js'
import { BIN, cleanEnvironment } from '../../helpers/run-cli.js'
import type { Place } from '../../helpers/sdk-clients.js'
import { tempState } from '../../helpers/temp-state.js'
import { writerAgents } from './writers.js'

const FAILPOINTS = pathToFileURL(join(import.meta.dirname, 'failpoints.mjs')).href

/** A state directory with agents of all kinds, whose daemon is killed and restarted on the same port. */
export interface KillScene {
  place: Place
  agents: string[]
  /** A task id for each time that an agent started to work. */
  starts(): string[]
  /** Starts a daemon without waiting for it, so that it can be killed while it starts. */
  spawnDaemon(failpoint: string | undefined): ChildProcess
  /** The end of what the daemons wrote to standard error. */
  stderrTail(): string
  /** Starts a daemon that is not killed. */
  startDaemon(): Promise<DaemonProcess>
}

export async function openKillScene(): Promise<KillScene> {
  const stateDirectory = tempState()
  // Kills what a failed test left: all its processes have this directory as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  const startsFile = join(dirname(stateDirectory), 'starts')
  const agents = writerAgents(startsFile)
  const config = writeConfigBeside(stateDirectory, {
    agents,
    defaultAgent: 'argument',
    concurrency: 16,
    cleanupCron: '* * * * * *',
  })
  const port = await freePort()
  const stderrFile = join(dirname(stateDirectory), 'stderr')
  const stderr = openSync(stderrFile, 'a')
  onTestFinished(() => closeSync(stderr))
  const env = { SPOOLD_CONFIG: config, SPOOLD_PORT: String(port) }
  mkdirSync(stateDirectory, { mode: 0o700 })
  readOrCreateToken(statePaths(stateDirectory).token)
  return {
    place: { url: `http://127.0.0.1:${port}/mcp`, stateDirectory, env },
    agents: Object.keys(agents),
    starts: () => readFileSync(startsFile, 'utf8').trimEnd().split('\n'),
    stderrTail: () => readFileSync(stderrFile, 'utf8').slice(-3_000),
    spawnDaemon: (failpoint) =>
      spawn(process.execPath, [BIN, 'serve'], {
        env: cleanEnvironment(stateDirectory, {
          ...env,
          ...(failpoint === undefined
            ? {}
            : { SPOOLD_FAILPOINT: failpoint, NODE_OPTIONS: `--import ${FAILPOINTS}` }),
        }),
        stdio: ['ignore', 'ignore', stderr],
      }),
    startDaemon: () => startDaemonProcess({ stateDirectory, port, env }),
  }
}
