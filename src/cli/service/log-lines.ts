import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { systemCode } from '../../state/errors.js'
import { oldLogsOf } from '../../state/paths.js'

/** The last lines of a log, oldest first, continued in the rotated logs if it has fewer. */
export function lastLogLines(log: string, count: number): string[] {
  let lines: string[] = []
  for (const file of [log, ...oldLogsOf(log)]) {
    if (lines.length >= count) break
    lines = [...linesOf(readIfExists(file)), ...lines]
  }
  return count === 0 ? [] : lines.slice(-count)
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function readIfExists(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** Follows a log line by line, also across rotations. */
export interface LogFollower {
  /** The complete lines since the last call. */
  read(): string[]
  close(): void
}

/** Follows a log from its end. It need not exist yet. */
export function followLog(log: string): LogFollower {
  let open = openAt(log, 'end')
  let rest = ''
  let decoder = new StringDecoder('utf8')

  function drain(): void {
    if (open === undefined) return
    const size = fstatSync(open.file).size
    // The file was truncated.
    if (size < open.offset) open.offset = 0
    while (open.offset < size) {
      const bytes = Buffer.alloc(Math.min(64 * 1024, size - open.offset))
      const count = readSync(open.file, bytes, 0, bytes.length, open.offset)
      if (count === 0) break
      open.offset += count
      rest += decoder.write(bytes.subarray(0, count))
    }
  }

  return {
    read() {
      open ??= openAt(log, 'start')
      drain()
      for (let next = successor(log, open); next !== undefined; next = successor(log, open)) {
        // It may have grown before the rotation.
        drain()
        if (open !== undefined) closeSync(open.file)
        open = next
        rest = rest === '' ? '' : `${rest}\n`
        decoder = new StringDecoder('utf8')
        drain()
      }
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      return lines.filter((line) => line !== '')
    },
    close() {
      if (open !== undefined) closeSync(open.file)
    },
  }
}

interface OpenLog {
  file: number
  inode: number
  offset: number
}

function openAt(path: string, position: 'start' | 'end'): OpenLog | undefined {
  try {
    const file = openSync(path, 'r')
    const { ino, size } = fstatSync(file)
    return { file, inode: ino, offset: position === 'end' ? size : 0 }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The log that follows this one after a rotation; undefined while it is the newest. */
function successor(log: string, open: OpenLog | undefined): OpenLog | undefined {
  if (open === undefined) return undefined
  const names = [log, ...oldLogsOf(log)]
  for (;;) {
    const age = names.findIndex((name) => inodeOf(name) === open.inode)
    if (age === 0) return undefined
    // A removed log is followed by the oldest existing one.
    const oldest = names.findLastIndex((name) => inodeOf(name) !== undefined)
    const name = names[age === -1 ? oldest : age - 1]
    const next = name === undefined ? undefined : openAt(name, 'start')
    if (next === undefined) return undefined
    // Logs are renamed one after another, so the result is valid only if this file has not been renamed meanwhile.
    if (age === -1 || inodeOf(names[age] ?? '') === open.inode) return next
    closeSync(next.file)
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}
