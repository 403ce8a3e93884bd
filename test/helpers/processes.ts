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
