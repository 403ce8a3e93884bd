import { statSync } from 'node:fs'

/**
 * Whether a process of this user has that pid now. Only such a one may be signalled: root could end anybody's. (On macOS,
 * where nothing tells the owner without another program, that we may signal it has to do.)
 */
export function isOwnProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.()
}
