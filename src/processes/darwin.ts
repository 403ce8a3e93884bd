import { execFileSync } from 'node:child_process'
import type { ProcessRecord, ProcessTable } from './process-table.js'

/**
 * The process table of macOS, from ps(1), which is the only way there without native code. Start times are whole
 * seconds, in English and UTC, as the wrapper writes them. Sessions are not told (`sess` is 0 on current systems),
 * so the process group stands for them; what leaves the group is found by its token or its descent.
 */
export function darwinProcesses(): ProcessTable {
  return {
    bootId: run('sysctl', ['-n', 'kern.bootsessionuuid']).trim(),
    find(pid) {
      try {
        return parseProcesses(run('ps', ['-p', String(pid), ...COLUMNS]))[0]
      } catch (error) {
        // ps ends with 1 where there is no such process; where it cannot be started, nothing is known.
        if ((error as { status?: number }).status === 1) return undefined
        throw error
      }
    },
    // Its start times are those of a clock that is set.
    since: () => undefined,
    list(token) {
      const records = parseProcesses(run('ps', ['-A', ...COLUMNS]))
      const marked = parseMarked(run('ps', ['-A', '-E', '-ww', '-o', 'pid=', '-o', 'command=']), token)
      return records.map((record) => ({ ...record, hasToken: marked.has(record.pid) }))
    },
  }
}

/** One -o for each: what follows an equals sign, commas too, is the text of a header. */
const COLUMNS = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart='].flatMap((column) => ['-o', column])

/** Lines such as `  501   1   501 Ss   Mon Nov 23 09:05:01 2026`. */
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

/** The pids of lines `PID COMMAND ARG… NAME=VALUE…` that have the token. */
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
