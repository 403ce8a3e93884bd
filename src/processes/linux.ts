import { readdirSync, readFileSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import type { MarkedProcess, ProcessRecord, ProcessTable } from './process-table.js'

/** The unit of start times: USER_HZ is 100 per second on every architecture that Node supports. */
const MS_PER_TICK = 10

/** The process table of Linux, read from /proc. Throws SpoolError `unsupported_platform` if /proc is not mounted. */
export function linuxProcesses(): ProcessTable {
  const bootId = readBootId()
  return {
    bootId,
    find: readProcess,
    since(startTime) {
      const own = readProcess(process.pid)
      if (own === undefined) return undefined
      return process.uptime() * 1000 + (Number(own.startTime) - Number(startTime)) * MS_PER_TICK
    },
    list(token, wrapper) {
      const wrapperStart = Number(wrapper.startTime)
      const found: MarkedProcess[] = []
      for (const name of readdirSync('/proc')) {
        const record = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined
        if (record === undefined || Number(record.startTime) < wrapperStart) continue
        found.push({ ...record, hasToken: !record.zombie && hasToken(record.pid, token) })
      }
      return found
    },
  }
}

/**
 * Parses /proc/PID/stat, see proc_pid_stat(5). The name in parentheses may contain spaces, parentheses and newlines, so
 * fields are counted from the last `)`: the state is field 3, the start time (ticks since the boot) field 22.
 * Undefined if the text has another format.
 */
export function parseStat(stat: string): ProcessRecord | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group, session] = fields
  const threads = fields[17]
  const startTime = fields[19]
  if (!state || !startTime) return undefined
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTime,
    // A process whose first thread has ended looks like a zombie while its other threads still run.
    zombie: 'ZXx'.includes(state) && Number(threads) <= 1,
  }
}

function readProcess(pid: number): ProcessRecord | undefined {
  const stat = readProcFile(pid, 'stat')
  return stat === undefined ? undefined : parseStat(stat)
}

/** Looks in the environment with which the process was started; that of other users' processes cannot be read. */
function hasToken(pid: number, token: string): boolean {
  return `\0${readProcFile(pid, 'environ')}\0`.includes(`\0SPOOLD_TASK_TOKEN=${token}\0`)
}

/** Error codes that mean the process is gone or belongs to another user. */
const GONE = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM']

/**
 * Undefined for a process that is gone. Any other failure (such as too many open files) is thrown, so that a living
 * process is not taken for dead.
 */
function readProcFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch (cause) {
    throw new SpoolError('unsupported_platform', 'spoold recognizes its processes by /proc; mount it.', {
      cause,
    })
  }
}
