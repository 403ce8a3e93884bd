import { closeSync, existsSync, fstatSync, renameSync, rmSync, writeSync } from 'node:fs'
import { oldLogsOf } from '../state/paths.js'
import { openPrivateLog } from '../state/private-file.js'

const LARGEST_BYTES = 10 * 1024 * 1024
/** Of what a full disk does not take, so much is kept for when it does; the oldest lines go. */
const MAX_WAITING_BYTES = 1024 * 1024

export interface LogFile {
  /** Written when it returns, unless the disk takes nothing: then it is tried again with the next line. */
  write(line: string): void
  close(): void
}

/**
 * Opens a log for appending, mode 0600. Before a line that would make it larger than `largestBytes` it is put aside as
 * FILE.1, what was there becomes FILE.2, and so on; the oldest goes. So every line stands in one file, whole. The caller
 * holds the daemon's lock: nobody else moves these files. Throws SpoolError `storage_full` or `storage_readonly`.
 *
 * What a parent has open as our standard error stays the file that it was: only the trace of a crash goes there.
 */
export function openLogFile(file: string, largestBytes = LARGEST_BYTES): LogFile {
  let log = openAt(file)
  // What a full disk has not taken yet. It belongs into the file that is open, so that is not put aside meanwhile.
  let waiting: Buffer = Buffer.alloc(0)
  return {
    write(line) {
      const bytes = Buffer.from(line)
      waiting = writeTo(log.file, waiting)
      const isFull = log.bytes > 0 && log.bytes + bytes.length > largestBytes
      if (isFull && waiting.length === 0) log = successorOf(log, file)
      log.bytes += bytes.length
      waiting = bounded(writeTo(log.file, waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes])))
    },
    close() {
      writeTo(log.file, waiting)
      closeSync(log.file)
    },
  }
}

interface OpenLog {
  file: number
  /** How much it holds; a device such as /dev/null never grows. */
  bytes: number
}

function openAt(path: string): OpenLog {
  const file = openPrivateLog(path)
  const found = fstatSync(file)
  return { file, bytes: found.isFile() ? found.size : Number.NEGATIVE_INFINITY }
}

/**
 * Writes at once, since lines are few and none is to be lost when the process is killed; gives the rest. A log on a full disk
 * must neither end the daemon nor hold it up (as sonic-boom's flushSync would, which tries until there is room).
 */
function writeTo(file: number, bytes: Buffer): Buffer {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(file, rest))
  } catch {
    // It is tried again with the next line.
  }
  return rest
}

/** Whole lines, but for the rest of one of which a part was written. Half is left, so that this is seldom done. */
function bounded(waiting: Buffer): Buffer {
  if (waiting.length <= MAX_WAITING_BYTES) return waiting
  const first = waiting.indexOf('\n') + 1
  const kept = waiting.indexOf('\n', waiting.length - MAX_WAITING_BYTES / 2) + 1
  return Buffer.concat([waiting.subarray(0, first), waiting.subarray(kept)])
}

/** The log that follows; the same one for another while, where the disk does not let it be put aside. */
function successorOf(log: OpenLog, file: string): OpenLog {
  const aside = `${file}.new`
  try {
    rmSync(aside, { force: true })
    const next = openAt(aside)
    try {
      putAside(file)
      renameSync(aside, file)
    } catch (error) {
      closeSync(next.file)
      throw error
    }
    closeSync(log.file)
    return next
  } catch {
    log.bytes = 0
    return log
  }
}

function putAside(file: string): void {
  const names = [file, ...oldLogsOf(file)]
  for (let age = names.length - 1; age > 0; age -= 1) {
    const [from, to] = [names[age - 1], names[age]]
    if (from !== undefined && to !== undefined && existsSync(from)) renameSync(from, to)
  }
}
