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

/** Mounting needs root or user namespaces; without either there is no small disk. */
export const canMount =
  spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

export interface SmallDisk {
  stateDirectory: string
  /** The path of the state directory for this process; the disk is mounted only in the namespace of the daemon. */
  visibleDirectory: string
  /** Runs a shell script in the namespace of the disk; `$1` is the state directory. Throws if the script fails. */
  run(script: string): void
  /** Uses all free space. */
  fill(): void
  /** Uses this many bytes. */
  use(bytes: number): void
  isFull(): boolean
  /** Releases the used space. */
  free(): void
  startDaemon(env: Record<string, string>): DaemonOnDisk
}

export interface DaemonOnDisk {
  child: ChildProcess
  stderr(): string
  /** Resolves with the exit code. */
  exited: Promise<number | null>
  ready(): Promise<DaemonFile>
  kill(): Promise<void>
}

/** Mounts a disk for a state directory until the end of the test. It outlives the daemons on it. */
export async function openSmallDisk(bytes: number): Promise<SmallDisk> {
  const stateDirectory = tempState()
  mkdirSync(stateDirectory, { mode: 0o700 })
  // Kills what a failed test left: all its processes have this directory as their home.
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
  const visibleDirectory = join(`/proc/${holder.pid}/root`, stateDirectory)
  const filler = join(visibleDirectory, 'filler')

  function use(bytes: number): void {
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
    visibleDirectory,
    run(script) {
      const { status, stderr } = spawnSync('nsenter', [...enter, 'sh', '-c', script, 'sh', stateDirectory])
      if (status !== 0) throw new Error(`${script}: ${stderr}`)
    },
    fill: () => use(Number.POSITIVE_INFINITY),
    use,
    isFull: () => statfsSync(visibleDirectory).bavail === 0,
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
      const exited = once(child, 'close').then(([code]) => code as number | null)
      const kill = async () => {
        child.kill('SIGKILL')
        await exited
      }
      onTestFinished(kill)
      const ready = () =>
        waitFor('the daemon', () => {
          if (child.exitCode !== null) throw new Error(`the daemon exited: ${stderr}`)
          const file = readDaemonFile(join(visibleDirectory, 'daemon.json'))
          return file?.pid === child.pid && file
        })
      return { child, stderr: () => stderr, exited, ready, kill }
    },
  }
}
