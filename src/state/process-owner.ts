import { statSync } from 'node:fs'

/**
 * Whether a process of this user has this pid. Only such a process may be signalled, because root could end any process.
 * (On macOS the owner is not known without another program, so it is enough that the process can be signalled.)
 */
export function belongsToUser(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.()
}
