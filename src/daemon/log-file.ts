import { closeSync, existsSync, fstatSync, renameSync, rmSync, writeSync } from 'node:fs'
import { oldLogsOf } from '../state/paths.js'
import { openPrivateLog } from '../state/private-file.js'

const LARGEST_BYTES = 10 * 1024 * 1024
/** Lines that a full disk does not accept are kept up to this size; the oldest ones are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024

export interface LogFile {
  /** Written when it returns, unless the disk takes nothing: then it is tried again with the next line. */
  write(line: string): void
  close(): void
}

/**
 * Opens a log for appending, mode 0600. Before a line that would make it larger than `maxBytes` it is rotated: it becomes
 * FILE.1, FILE.1 becomes FILE.2, and so on; the oldest is removed. So a line is never split between files. The caller holds
 * the daemon's lock, so no other process moves these files. Throws SpoolError `storage_full` or `storage_readonly`.
 *
 * A standard error that the parent has opened on the same file is not redirected: it only gets the trace of a crash.
 */
export function openLogFile(file: string, maxBytes = LARGEST_BYTES): LogFile {
  let log = openAt(file)
  // It belongs into the file that is open, so that file is not rotated meanwhile.
  const pending = new PendingLines()
  return {
    write(line) {
      const bytes = Buffer.from(line)
      pending.writeTo(log.file)
      const isFull = log.bytes > 0 && log.bytes + bytes.length > maxBytes
      if (isFull && pending.isEmpty) log = successorOf(log, file)
      log.bytes += bytes.length
      pending.add(bytes)
      pending.writeTo(log.file)
    },
    close() {
      pending.writeTo(log.file)
      closeSync(log.file)
    },
  }
}

interface OpenLog {
  file: number
  /** Size of the file; a device such as /dev/null never grows. */
  bytes: number
}

function openAt(path: string): OpenLog {
  const file = openPrivateLog(path)
  const found = fstatSync(file)
  return { file, bytes: found.isFile() ? found.size : Number.NEGATIVE_INFINITY }
}

/**
 * The lines that the disk has not accepted yet, oldest first. They are written at once, since lines are few and none must be
 * lost when the process is killed. A log on a full disk must neither end the daemon nor hold it up (as sonic-boom's
 * flushSync would, which retries until there is room).
 */
class PendingLines {
  /** Of the first line a part may be written. */
  private lines: Buffer[] = []
  private bytes = 0

  get isEmpty(): boolean {
    return this.lines.length === 0
  }

  /** Adds a line. If there are too many bytes then, the oldest lines go until half of the limit is left, which makes this rare. */
  add(line: Buffer): void {
    this.lines.push(line)
    this.bytes += line.length
    if (this.bytes <= MAX_WAITING_BYTES) return
    let dropped = 1
    for (; this.bytes > MAX_WAITING_BYTES / 2 && dropped < this.lines.length - 1; dropped += 1)
      this.bytes -= this.lines[dropped]?.length ?? 0
    this.lines.splice(1, dropped - 1)
  }

  /** Writes as much as the disk accepts. The rest is tried again with the next line. */
  writeTo(file: number): void {
    let done = 0
    try {
      for (let line = this.lines[0]; line !== undefined; line = this.lines[done]) {
        const written = writeSync(file, line)
        this.bytes -= written
        if (written < line.length) this.lines[done] = line.subarray(written)
        else done += 1
      }
    } catch {
      // The disk is full.
    }
    this.lines.splice(0, done)
  }
}

/** The next log; the same one for now if the disk does not allow a rotation. */
function successorOf(log: OpenLog, file: string): OpenLog {
  const aside = `${file}.new`
  try {
    rmSync(aside, { force: true })
    const next = openAt(aside)
    try {
      rotate(file)
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

function rotate(file: string): void {
  const names = [file, ...oldLogsOf(file)]
  for (let age = names.length - 1; age > 0; age -= 1) {
    const [from, to] = [names[age - 1], names[age]]
    if (from !== undefined && to !== undefined && existsSync(from)) renameSync(from, to)
  }
}
