import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** More output is not expected. */
const MAX_OUTPUT_BYTES = 64 * 1024
/** How long to wait for output after the end of the process, if another process holds its pipe. */
const LEFTOVER_MS = 500

export interface ProbeResult {
  /** Null if the process was killed. */
  exitCode: number | null
  output: string
  timedOut: boolean
}

/**
 * Runs a program in a separate process group with empty standard input, and resolves with its output on both streams. The
 * group is killed at the limit (ms), when the signal aborts, and after the end of the program, so nothing of it remains.
 * Rejects if the program cannot be started, or with the signal's reason.
 */
export async function probe(
  argv: readonly [string, ...string[]],
  environment: Record<string, string>,
  limitMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  signal.throwIfAborted()
  const [program, ...given] = argv
  const child = spawn(program, given, {
    env: environment,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  // First, because a process that could not be started has an error and no streams.
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode))
  })
  const parts: Buffer[] = []
  let size = 0
  const streams: (Readable | undefined)[] = [child.stdout, child.stderr]
  for (const stream of streams) {
    stream?.on('data', (part: Buffer) => {
      if (size < MAX_OUTPUT_BYTES) parts.push(part)
      size += part.length
    })
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child.pid)
  }, limitMs)
  const abort = () => killGroup(child.pid)
  signal.addEventListener('abort', abort)
  try {
    const exitCode = await exited
    killGroup(child.pid)
    await closedOrLeft(closed)
    signal.throwIfAborted()
    return { exitCode, output: Buffer.concat(parts).toString('utf8'), timedOut }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    for (const stream of streams) stream?.destroy()
  }
}

/** A process that left the group can hold the pipes open forever, so it is not waited for. */
async function closedOrLeft(closed: Promise<void>): Promise<void> {
  const waiting = new AbortController()
  const left = delay(LEFTOVER_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
  await Promise.race([closed, left])
  waiting.abort()
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has no processes left.
  }
}
