import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDirectory } from '../../helpers/temp-state.js'

/** A file operation of the recorded process. Paths are relative to the recorded directory, which is ".". */
export type Operation =
  | { kind: 'write'; path: string; offset: number; bytes: Buffer }
  | { kind: 'truncate'; path: string; size: number }
  | { kind: 'sync begins' | 'sync ends'; path: string; number: number }
  | { kind: 'create' | 'create directory' | 'remove'; path: string }
  | { kind: 'rename' | 'link'; path: string; to: string }
  /** Not an operation: from here on a client knows this. */
  | { kind: 'acknowledge'; what: string; value: string }

export interface WriteLog {
  /** The environment of the process to record. */
  env: Record<string, string>
  /** Records that a client knows something from now on. Neither argument may contain spaces. */
  acknowledge(what: string, value: string | number): void
  operations(): Operation[]
}

export const canRecord = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0

/** Records the file operations of a process, without its children, in a directory (write-log.c). */
export function openWriteLog(directory: string): WriteLog {
  const scratch = tempDirectory('write-log')
  const library = join(scratch, 'write-log.so')
  const source = join(import.meta.dirname, 'write-log.c')
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  if (built.status !== 0) throw new Error(`cc failed: ${built.stderr}`)
  const file = join(scratch, 'log')
  return {
    // Operations through io_uring would not be recorded.
    env: { LD_PRELOAD: library, WRITE_LOG: file, WRITE_LOG_DIR: directory, UV_USE_IO_URING: '0' },
    acknowledge: (what, value) => appendFileSync(file, `A ${what} ${value}\n`),
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
    // SQLite rebuilds this file from the log.
    if (!path.endsWith('-shm')) operations.push(operationOf(kind, path, first, bytes))
  }
  return operations
}

function operationOf(letter: string, path: string, first: string, bytes: Buffer): Operation {
  switch (letter) {
    case 'W':
      return { kind: 'write', path, offset: Number(first), bytes }
    case 'T':
      return { kind: 'truncate', path, size: Number(first) }
    case 'B':
      return { kind: 'sync begins', path, number: Number(first) }
    case 'S':
      return { kind: 'sync ends', path, number: Number(first) }
    case 'N':
      return { kind: 'create', path }
    case 'M':
      return { kind: 'create directory', path }
    case 'U':
      return { kind: 'remove', path }
    case 'R':
      return { kind: 'rename', path, to: first }
    case 'L':
      return { kind: 'link', path, to: first }
    case 'A':
      return { kind: 'acknowledge', what: path, value: first }
    default:
      throw new Error(`the write log has a record of kind ${letter}`)
  }
}
