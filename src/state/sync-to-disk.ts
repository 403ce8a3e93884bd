import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Brings what was written to a file to the disk. Throws the errors of the file system. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Brings the names in a directory to the disk: without it a power cut may take a new file back, whatever of its content was
 * flushed. A file system that cannot do it is left as it is; so is a directory that may be written and not read.
 */
export function syncDirectory(path: string): void {
  try {
    syncFile(path)
  } catch {
    // SQLite does the same.
  }
}
