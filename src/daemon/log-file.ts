import { existsSync, fstatSync, renameSync, rmSync } from 'node:fs'
import { destination } from 'pino'
import { oldLogsOf } from '../state/paths.js'
import { openPrivateLog } from '../state/private-file.js'

const LARGEST_BYTES = 10 * 1024 * 1024

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
  let log = openStream(file)
  return {
    write(line) {
      const bytes = Buffer.byteLength(line)
      if (log.bytes > 0 && log.bytes + bytes > largestBytes) log = successorOf(log, file)
      log.bytes += bytes
      log.stream.write(line)
    },
    close: () => log.stream.end(),
  }
}

interface OpenLog {
  stream: ReturnType<typeof destination>
  /** How much it holds; a device such as /dev/null never grows. */
  bytes: number
}

function openStream(path: string): OpenLog {
  const dest = openPrivateLog(path)
  const found = fstatSync(dest)
  // Lines are few; written at once, none is lost when the process is killed.
  const stream = destination({ dest, sync: true })
  // A log on a full disk must not end the daemon.
  stream.on('error', () => {})
  return { stream, bytes: found.isFile() ? found.size : Number.NEGATIVE_INFINITY }
}

/** The log that follows; the same one for another while, where the disk does not let it be put aside. */
function successorOf(log: OpenLog, file: string): OpenLog {
  const aside = `${file}.new`
  try {
    // Throws while the disk takes nothing: what waits belongs into the old one.
    log.stream.flushSync()
    rmSync(aside, { force: true })
    const next = openStream(aside)
    try {
      putAside(file)
      renameSync(aside, file)
    } catch (error) {
      next.stream.end()
      throw error
    }
    log.stream.end()
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
