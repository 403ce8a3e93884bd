import { writeSync } from 'node:fs'
import type { ModuleEvent } from '../agents/module/events.js'

const NO_SPACE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const PAUSE_MS = 500

export type EventWriter = (event: ModuleEvent) => void

/**
 * Writes events to a file, one per line. Each line is written before the call returns, so output does not accumulate in
 * memory and is not lost with the process. On a full disk it waits, and the agent with it.
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

/** Blocks until the line is written, to keep the order. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
