import { closeSync, fsyncSync, openSync } from 'node:fs'

/**
 * Brings the names in a directory to the disk: without it a power cut may take a new file back, whatever of its content was
 * flushed. A file system that cannot do it is left as it is; so is a directory that may be written and not read.
 */
export function syncDirectory(path: string): void {
  let directory: number | undefined
  try {
    directory = openSync(path, 'r')
    fsyncSync(directory)
  } catch {
    // SQLite does the same.
  } finally {
    if (directory !== undefined) closeSync(directory)
  }
}
