import { readdirSync, readFileSync } from 'node:fs'

/**
 * Pids of the living processes (zombies do not live) whose environment is so. Linux only.
 * @param {(environment: string) => boolean} matches gets it as the kernel has it: entries that end with NUL
 * @returns {number[]}
 */
export function processesWhere(matches) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return matches(readFileSync(`/proc/${pid}/environ`, 'latin1')) && !isZombie(pid)
      } catch {
        return false
      }
    })
}

/** @param {number} pid */
function isZombie(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

/**
 * SIGKILLs all of those, in the order in which they were started: so the wrapper of a task dies first and can record nothing.
 * @param {(environment: string) => boolean} matches
 */
export function killWhere(matches) {
  for (let pids = processesWhere(matches); pids.length > 0; pids = processesWhere(matches)) {
    for (const pid of pids.sort((a, b) => a - b)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
      }
    }
  }
}

/**
 * SIGKILLs all processes with the name of a directory in their environment: those that tests left which were ended before they
 * could clean up. Linux only; elsewhere it does nothing.
 * @param {string} directory that is known to no other program
 */
export function killLeftovers(directory) {
  if (process.platform === 'linux') killWhere((environment) => environment.includes(directory))
}
