import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type DaemonFile, readDaemonFile } from '../../../src/state/daemon-file.js'
import { killProcessesWith } from '../../helpers/processes.js'
import { BIN, cleanEnvironment } from '../../helpers/run-cli.js'
import { tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'

const isRoot = process.getuid?.() === 0
const UNSHARE = isRoot ? ['-m'] : ['-rm']
const ENTER = isRoot ? ['-m'] : ['-U', '-m', '--preserve-credentials']

/** Mounts need root, or user namespaces. Where there is neither, a small disk cannot be had. */
export const canMount =
  spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

export interface SmallDisk {
  stateDirectory: string
  /** The state directory as this process sees it: the disk is mounted for the daemon alone. */
  seen: string
  /** Runs a shell script where the disk is; `$1` is the state directory. Fails where it fails. */
  run(script: string): void
  /** Takes all the room that is left. */
  fill(): void
  /** Takes so many bytes. */
  take(bytes: number): void
  isFull(): boolean
  /** Gives back what was taken. */
  free(): void
  startDaemon(env: Record<string, string>): DaemonOnDisk
}

export interface DaemonOnDisk {
  child: ChildProcess
  stderr(): string
  /** The exit code. */
  gone: Promise<number | null>
  ready(): Promise<DaemonFile>
  kill(): Promise<void>
}

/** A disk of its own for a state directory, which outlasts the daemons on it and goes with the test. */
export async function openSmallDisk(bytes: number): Promise<SmallDisk> {
  const stateDirectory = tempState()
  mkdirSync(stateDirectory, { mode: 0o700 })
  // Whatever is left of a test that failed; its processes all have this directory of its own as their home.
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  const mount = `mount -t tmpfs -o size=${bytes},mode=0700 none "$1" && echo mounted && exec sleep 100000`
  const holder = spawn('unshare', [...UNSHARE, 'sh', '-c', mount, 'sh', stateDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'close')
  onTestFinished(async () => {
    holder.kill('SIGKILL')
    await ended
  })
  await once(holder.stdout, 'data')
  const enter = ['-t', String(holder.pid), ...ENTER, '--']
  const seen = join(`/proc/${holder.pid}/root`, stateDirectory)
  const filler = join(seen, 'filler')

  function take(bytes: number): void {
    let left = bytes
    const file = openSync(filler, 'a')
    for (const size of [64 * 1024, 4 * 1024]) {
      try {
        while (left >= size) left -= writeSync(file, Buffer.alloc(size, 'x'))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    }
    closeSync(file)
  }

  return {
    stateDirectory,
    seen,
    run(script) {
      const { status, stderr } = spawnSync('nsenter', [...enter, 'sh', '-c', script, 'sh', stateDirectory])
      if (status !== 0) throw new Error(`${script}: ${stderr}`)
    },
    fill: () => take(Number.POSITIVE_INFINITY),
    take,
    isFull: () => statfsSync(seen).bavail === 0,
    free: () => rmSync(filler, { force: true }),
    startDaemon(env) {
      const child = spawn('nsenter', [...enter, process.execPath, BIN, 'serve', '--port', '0'], {
        env: cleanEnvironment(stateDirectory, env),
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (data: string) => {
        stderr += data
      })
      const gone = once(child, 'close').then(([code]) => code as number | null)
      const kill = async () => {
        child.kill('SIGKILL')
        await gone
      }
      onTestFinished(kill)
      const ready = () =>
        waitFor('the daemon', () => {
          if (child.exitCode !== null) throw new Error(`the daemon ended: ${stderr}`)
          const file = readDaemonFile(join(seen, 'daemon.json'))
          return file?.pid === child.pid && file
        })
      return { child, stderr: () => stderr, gone, ready, kill }
    },
  }
}
