import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDirectory } from '../../helpers/temp-state.js'

/** What a process did to files, in order; paths are relative to the directory that is watched, which is ".". */
export type Operation =
  | { does: 'write'; path: string; offset: number; bytes: Buffer }
  | { does: 'truncate'; path: string; size: number }
  | { does: 'sync begins' | 'sync ends'; path: string; number: number }
  | { does: 'make' | 'make directory' | 'remove'; path: string }
  | { does: 'rename' | 'link'; path: string; to: string }
  /** Somebody was told something: not of the process, but from the test. */
  | { does: 'tell'; what: string; value: string }

export interface WriteLog {
  /** Of a process whose writes are to be recorded. */
  env: Record<string, string>
  /** Writes down that something is known outside by now; two words. */
  tell(what: string, value: string | number): void
  operations(): Operation[]
}

export const canRecord = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0

/** Records what a process does in a directory (write-log.c). Its children are not recorded. */
export function openWriteLog(directory: string): WriteLog {
  const scratch = tempDirectory('write-log')
  const library = join(scratch, 'write-log.so')
  const source = join(import.meta.dirname, 'write-log.c')
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  if (built.status !== 0) throw new Error(`cc failed: ${built.stderr}`)
  const file = join(scratch, 'log')
  return {
    // What goes through io_uring would not be seen.
    env: { LD_PRELOAD: library, WRITE_LOG: file, WRITE_LOG_DIR: directory, UV_USE_IO_URING: '0' },
    tell: (what, value) => appendFileSync(file, `A ${what} ${value}\n`),
    operations: () => (existsSync(file) ? parse(readFileSync(file)) : []),
  }
}

function parse(log: Buffer): Operation[] {
  const operations: Operation[] = []
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(0x0a, at)
    const [kind = '', path = '', first = '', second] = log.toString('utf8', at, end).split(' ')
    at = end + 1
    const bytes = log.subarray(at, at + Number(second))
    if (kind === 'W') at += bytes.length + 1
    // SQLite makes it anew from the log.
    if (!path.endsWith('-shm')) operations.push(operationOf(kind, path, first, bytes))
  }
  return operations
}

function operationOf(kind: string, path: string, first: string, bytes: Buffer): Operation {
  switch (kind) {
    case 'W':
      return { does: 'write', path, offset: Number(first), bytes }
    case 'T':
      return { does: 'truncate', path, size: Number(first) }
    case 'B':
      return { does: 'sync begins', path, number: Number(first) }
    case 'S':
      return { does: 'sync ends', path, number: Number(first) }
    case 'N':
      return { does: 'make', path }
    case 'M':
      return { does: 'make directory', path }
    case 'U':
      return { does: 'remove', path }
    case 'R':
      return { does: 'rename', path, to: first }
    case 'L':
      return { does: 'link', path, to: first }
    case 'A':
      return { does: 'tell', what: path, value: first }
    default:
      throw new Error(`the write log has a record of kind ${kind}`)
  }
}
