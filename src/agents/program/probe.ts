import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** More output than this is no answer to a short question. */
const MAX_OUTPUT_BYTES = 64 * 1024
/** How long output is awaited after the end of the process, where something else still holds its pipe. */
const LEFTOVER_MS = 500

export interface ProbeResult {
  /** Null when the process was killed, by us or by others. */
  exitCode: number | null
  output: string
  timedOut: boolean
}

/**
 * Asks a program a short question: runs it in a process group of its own with empty standard input, and gives what
 * it printed on both streams. The group is killed when the limit (ms) or the abort signal comes, and also after the
 * program's end, so nothing of it is left. Rejects when the program cannot be started, or with the signal's reason.
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
  // Listened to first: a process that could not be started at all has an error and no streams.
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

/** A process that left the group can hold the pipes open for ever; it is not waited for. */
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
    // Nothing of the group is left, which is what was wanted.
  }
}
