import { writeSync } from 'node:fs'
import type { ModuleEvent } from '../agents/module/events.js'

const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const PAUSE_MS = 500

export type EventWriter = (event: ModuleEvent) => void

/**
 * Writes events to a file, one a line. A line is with the system before the call returns: so nothing gathers in
 * memory, however much an agent says, and nothing is lost with the process. A full disk is waited out, as the daemon
 * does it, and the agent with it.
 */
export function eventWriter(file: number): EventWriter {
  return (event) => writeWhole(file, Buffer.from(`${JSON.stringify(event)}\n`))
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(file, bytes, written)
    } catch (error) {
      if (!NO_SPACE.has((error as NodeJS.ErrnoException).code)) throw error
      sleep(PAUSE_MS)
    }
  }
}

/** Blocks: until the line is written, no later one may be. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
