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

/** A state directory whose daemon dies and comes back on the same port, with agents of all kinds. */
export interface Arena {
  place: Place
  agents: string[]
  /** Ids of tasks, one for each start of an agent's work. */
  starts(): string[]
  /** A daemon that is not waited for, so that a kill can come while it starts. */
  live(failpoint: string | undefined): ChildProcess
  /** What the daemons wrote to standard error last. */
  errors(): string
  /** The last daemon, which nobody kills. */
  settle(): Promise<DaemonProcess>
}

export async function openArena(): Promise<Arena> {
  const stateDirectory = tempState()
  // Whatever is left of a test that failed; its processes all have this directory of its own as their home.
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
  const errorsFile = join(dirname(stateDirectory), 'errors')
  const errors = openSync(errorsFile, 'a')
  onTestFinished(() => closeSync(errors))
  const env = { SPOOLD_CONFIG: config, SPOOLD_PORT: String(port) }
  mkdirSync(stateDirectory, { mode: 0o700 })
  readOrCreateToken(statePaths(stateDirectory).token)
  return {
    place: { url: `http://127.0.0.1:${port}/mcp`, stateDirectory, env },
    agents: Object.keys(agents),
    starts: () => readFileSync(startsFile, 'utf8').trimEnd().split('\n'),
    errors: () => readFileSync(errorsFile, 'utf8').slice(-3_000),
    live: (failpoint) =>
      spawn(process.execPath, [BIN, 'serve'], {
        env: cleanEnvironment(stateDirectory, {
          ...env,
          ...(failpoint === undefined
            ? {}
            : { SPOOLD_FAILPOINT: failpoint, NODE_OPTIONS: `--import ${FAILPOINTS}` }),
        }),
        stdio: ['ignore', 'ignore', errors],
      }),
    settle: () => startDaemonProcess({ stateDirectory, port, env }),
  }
}
