import { execFileSync } from 'node:child_process'
import type { ProcessRecord, ProcessTable } from './process-table.js'

/**
 * The process table of macOS, read from ps(1), the only way without native code. Start times are whole seconds, in
 * English and UTC, as the wrapper writes them. ps does not report sessions (`sess` is 0 on current systems), so the
 * process group is used instead; a process that leaves the group is found by its token or its parent.
 */
export function darwinProcesses(): ProcessTable {
  return {
    bootId: run('sysctl', ['-n', 'kern.bootsessionuuid']).trim(),
    find(pid) {
      try {
        return parseProcesses(run('ps', ['-p', String(pid), ...COLUMNS]))[0]
      } catch (error) {
        // ps exits with 1 if there is no such process. If ps could not be started, nothing is known.
        if ((error as { status?: number }).status === 1) return undefined
        throw error
      }
    },
    // Start times come from a clock that can be set.
    since: () => undefined,
    list(token) {
      const records = parseProcesses(run('ps', ['-A', ...COLUMNS]))
      const marked = parseMarked(run('ps', ['-A', '-E', '-ww', '-o', 'pid=', '-o', 'command=']), token)
      return records.map((record) => ({ ...record, hasToken: marked.has(record.pid) }))
    },
  }
}

/** Each column needs its own -o: everything after an equals sign, even a comma, is header text. */
const COLUMNS = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart='].flatMap((column) => ['-o', column])

/** Parses lines such as `  501   1   501 Ss   Mon Nov 23 09:05:01 2026`. */
export function parseProcesses(output: string): ProcessRecord[] {
  const records: ProcessRecord[] = []
  for (const line of output.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line)
    if (match === null) continue
    const [, pid, parent, group, state = '', startTime = ''] = match
    records.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: Number(group),
      startTime,
      zombie: state.startsWith('Z'),
    })
  }
  return records
}

/** The pids of lines `PID COMMAND ARG… NAME=VALUE…` that contain the token. */
export function parseMarked(output: string, token: string): Set<number> {
  const mark = ` SPOOLD_TASK_TOKEN=${token} `
  const lines = output.split('\n').filter((line) => `${line} `.includes(mark))
  return new Set(lines.map((line) => Number.parseInt(line, 10)))
}

function run(program: string, args: string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC0' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
