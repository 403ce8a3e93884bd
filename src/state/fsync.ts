import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Flushes a file to the disk. Throws file system errors. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Flushes the entries of a directory to the disk. Without it a power cut can remove a new file although its content was
 * flushed. Ignores errors of file systems that do not support it, and of directories that cannot be read.
 */
export function syncDirectory(path: string): void {
  try {
    syncFile(path)
  } catch {
    // SQLite ignores these errors too.
  }
}
