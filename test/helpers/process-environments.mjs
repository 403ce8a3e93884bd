import { readdirSync, readFileSync } from 'node:fs'

/**
 * Pids of the running processes, without zombies, whose environment matches. Linux only.
 * @param {(environment: string) => boolean} matches gets the entries, each terminated by NUL
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
 * Sends SIGKILL to all matching processes, in the order of their start: the wrapper of a task dies first and records nothing.
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
 * Sends SIGKILL to all processes with the name of a directory in their environment, which are left by tests that were ended
 * before they could clean up. Does nothing on other systems than Linux.
 * @param {string} directory that is known to no other program
 */
export function killLeftovers(directory) {
  if (process.platform === 'linux') killWhere((environment) => environment.includes(directory))
}
