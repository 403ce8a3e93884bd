import { statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'

/** The check is cheap, but a busy daemon commits thousands of times per second. */
const CHECK_INTERVAL_MS = 200

/**
 * SQLite keeps writing to a file that was deleted or replaced, and those commits are lost when the process exits. Call the
 * returned function before each commit: it throws SpoolError `storage_failed` while the database or its log is
 * not the same file as at this call.
 */
export function createFileIdentityCheck(file: string): () => void {
  const files = [file, `${file}-wal`].map((path) => ({ path, identity: identify(path) }))
  let checkedAt = performance.now()
  return () => {
    if (performance.now() - checkedAt < CHECK_INTERVAL_MS) return
    for (const entry of files) {
      const found = identify(entry.path)
      // A log that did not exist yet was created by SQLite.
      entry.identity ??= found
      if (found !== entry.identity) throw replaced(entry.path)
    }
    checkedAt = performance.now()
  }
}

function identify(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

function replaced(path: string): SpoolError {
  return new SpoolError(
    'storage_failed',
    `${path} was removed or replaced while the daemon is using it, so nothing more is written to it: ` +
      'put the same file back, or run `spoold restart` to continue with the current one.',
  )
}
