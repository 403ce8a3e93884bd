import { statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'

/** How long a look lasts, in ms. It costs little, but a busy daemon commits thousands of times a second. */
const LOOK_EVERY_MS = 200

/**
 * SQLite goes on with a file that was deleted or that another took the place of: what it commits then is gone with the
 * process. The returned function is to be called before each commit, and throws SpoolError `storage_failed` while the
 * database, or its log, is not the file that was there when this was called.
 */
export function keepToFile(file: string): () => void {
  const known = [file, `${file}-wal`].map((path) => ({ path, identity: identify(path) }))
  let lookedAt = performance.now()
  return () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return
    for (const entry of known) {
      const found = identify(entry.path)
      // A log that was not there yet is SQLite's own.
      entry.identity ??= found
      if (found !== entry.identity) throw replaced(entry.path)
    }
    lookedAt = performance.now()
  }
}

function identify(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

function replaced(path: string): SpoolError {
  return new SpoolError(
    'storage_failed',
    `${path} was removed or replaced while the daemon uses it, so nothing more is stored in it: ` +
      'put that very file back, or run `spoold restart` to go on with what is there now.',
  )
}
