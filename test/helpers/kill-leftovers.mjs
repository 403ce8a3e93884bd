import { readdirSync, readFileSync } from 'node:fs'

/**
 * SIGKILLs all processes with the name of a directory in their environment: those that tests left which were ended before they
 * could clean up. Linux only; elsewhere it does nothing.
 * @param {string} directory that nobody else knows of
 */
export function killLeftovers(directory) {
  if (process.platform !== 'linux') return
  for (let pids = find(directory); pids.length > 0; pids = find(directory)) {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It is gone by now.
      }
    }
  }
}

/** @param {string} directory @returns {number[]} oldest first, zombies not among them: their environment is empty */
function find(directory) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  return pids
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(directory)
      } catch {
        return false
      }
    })
    .sort((a, b) => a - b)
}
