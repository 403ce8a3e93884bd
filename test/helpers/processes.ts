import { readdirSync, readFileSync } from 'node:fs'

/** Pids of the living processes (zombies do not live) that have `NAME=value` in their environment. Linux only. */
export function processesWith(entry: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
        return environment.includes(entry) && !isZombie(pid)
      } catch {
        return false
      }
    })
}

function isZombie(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

/**
 * SIGKILLs all processes with that entry, in the order in which they were started: so the wrapper of a task dies first
 * and can record nothing. Only for marks that the test itself gave out.
 */
export function killProcessesWith(entry: string): void {
  for (let pids = processesWith(entry); pids.length > 0; pids = processesWith(entry)) {
    for (const pid of pids.sort((a, b) => a - b)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }
}
