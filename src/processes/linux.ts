import { readdirSync, readFileSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import type { MarkedProcess, ProcessRecord, ProcessTable } from './process-table.js'

/** The unit of start times: USER_HZ, which is 100 a second on every architecture that Node runs on. */
const MS_PER_TICK = 10

/** The process table of Linux, from /proc. Throws SpoolError `unsupported_platform` where that is not mounted. */
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
      const eldest = Number(wrapper.startTime)
      const found: MarkedProcess[] = []
      for (const name of readdirSync('/proc')) {
        const record = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined
        if (record === undefined || Number(record.startTime) < eldest) continue
        found.push({ ...record, hasToken: !record.zombie && hasToken(record.pid, token) })
      }
      return found
    },
  }
}

/**
 * Reads a line of /proc/PID/stat (proc_pid_stat(5)). The name in parentheses may hold spaces, parentheses and
 * newlines, so the fields are counted from the last `)`: state is field 3, the start time (in ticks since the boot)
 * field 22. Undefined for anything else.
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
    // A process whose first thread has ended looks like a zombie while its other threads work on.
    zombie: 'ZXx'.includes(state) && Number(threads) <= 1,
  }
}

function readProcess(pid: number): ProcessRecord | undefined {
  const stat = readOf(pid, 'stat')
  return stat === undefined ? undefined : parseStat(stat)
}

/** In the environment with which the process was started; of other users' processes it cannot be read. */
function hasToken(pid: number, token: string): boolean {
  return `\0${readOf(pid, 'environ')}\0`.includes(`\0SPOOLD_TASK_TOKEN=${token}\0`)
}

/** What says that the process is gone, or is none of ours. */
const GONE = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM']

/**
 * Undefined for a process that is gone. Where it cannot be looked at for another reason (no file can be opened any
 * more), that is thrown: who lives must not be taken for dead.
 */
function readOf(pid: number, file: string): string | undefined {
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
    throw new SpoolError('unsupported_platform', 'spoold recognises its processes by /proc: mount it.', {
      cause,
    })
  }
}
