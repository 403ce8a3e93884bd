// Starts the built daemon for a measurement, in a temporary state directory, and reads its resource usage.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openCaller } from './open-caller.mjs'

/** The built command. */
export const BIN = fileURLToPath(new URL('../../dist/bin/spoold.cjs', import.meta.url))
/** Unit of CPU times in /proc/PID/stat; 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100

/** @param {object} config the content of the config file */
export async function startDaemon(config = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'spoold-bench-'))
  const environment = writeEnvironment(directory, config)
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // No daemon outlives a failed measurement.
  process.once('exit', () => child.kill('SIGKILL'))
  const file = await untilReady(environment.SPOOLD_STATE_DIR, child)
  return {
    pid: child.pid,
    url: file.url,
    operatorToken: file.operator_token,
    environment,
    async stop() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/**
 * Writes a config file to a directory, and returns the environment for commands and daemons that keep their state there.
 *
 * @param {string} directory
 * @param {object} config the content of the config file
 */
export function writeEnvironment(directory, config = {}) {
  const configFile = join(directory, 'config.json')
  writeFileSync(configFile, JSON.stringify({ logLevel: 'warn', ...config }))
  const { PATH, HOME } = process.env
  return { PATH, HOME, SPOOLD_STATE_DIR: join(directory, 'state'), SPOOLD_CONFIG: configFile }
}

async function untilReady(state, child) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the daemon exited with ${child.exitCode}`)
    try {
      return JSON.parse(readFileSync(join(state, 'daemon.json'), 'utf8'))
    } catch {
      await pause(20)
    }
  }
}

/** Calls a tool with the operator's token. Resolves with its structured result. */
export function callTool({ url, operatorToken: token }, name, args) {
  return openCaller({ url, token, era: 2025 })(name, args)
}

/** CPU time so far in ms, current and peak resident memory in MiB, and the number of voluntary context switches. */
export function readUsage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const number = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND,
    residentMiB: number('VmRSS') / 1024,
    peakMiB: number('VmHWM') / 1024,
    sleeps: number('voluntary_ctxt_switches'),
  }
}
