import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { systemCode } from '../../state/errors.js'
import { oldLogsOf } from '../../state/paths.js'

/** The last so many lines of a log, oldest first; where it has fewer, those that were put aside before it, too. */
export function lastLogLines(log: string, count: number): string[] {
  let lines: string[] = []
  for (const file of [log, ...oldLogsOf(log)]) {
    if (lines.length >= count) break
    lines = [...linesOf(readIfThere(file)), ...lines]
  }
  return count === 0 ? [] : lines.slice(-count)
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** Reads what a log gains, line by line, also when it is put aside meanwhile. */
export interface LogFollower {
  /** The whole lines that came since. */
  read(): string[]
  close(): void
}

/** Follows a log from its end on. It need not be there yet. */
export function followLog(log: string): LogFollower {
  let open = openAt(log, 'end')
  let rest = ''
  let decoder = new StringDecoder('utf8')

  function drain(): void {
    if (open === undefined) return
    const size = fstatSync(open.file).size
    // Somebody has emptied it.
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
        // It may have grown once more before it was put aside.
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

function openAt(path: string, where: 'start' | 'end'): OpenLog | undefined {
  try {
    const file = openSync(path, 'r')
    const { ino, size } = fstatSync(file)
    return { file, inode: ino, offset: where === 'end' ? size : 0 }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The log that was begun when this one was put aside; undefined while it is the newest. */
function successor(log: string, open: OpenLog | undefined): OpenLog | undefined {
  if (open === undefined) return undefined
  const names = [log, ...oldLogsOf(log)]
  for (;;) {
    const age = names.findIndex((name) => inodeOf(name) === open.inode)
    if (age === 0) return undefined
    // One that is not there any more was followed by the oldest that is.
    const oldest = names.findLastIndex((name) => inodeOf(name) !== undefined)
    const name = names[age === -1 ? oldest : age - 1]
    const next = name === undefined ? undefined : openAt(name, 'start')
    if (next === undefined) return undefined
    // They are renamed one after the other: only what still stands where it stood is told right.
    if (age === -1 || inodeOf(names[age] ?? '') === open.inode) return next
    closeSync(next.file)
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}
