import { SpoolError } from '../domain/errors.js'
import { systemCode } from './errors.js'

/**
 * Throws SpoolError `unsupported_platform` if SQLite's binding was built for another version of Node. Otherwise a file that
 * this process cannot open would be reported as damaged, or as not locked.
 */
export function assertNativeModule(error: unknown): void {
  if (systemCode(error) !== 'ERR_DLOPEN_FAILED') return
  throw new SpoolError(
    'unsupported_platform',
    `SQLite's binding (better-sqlite3) was built for a version of Node other than this ${process.version}: use that version, or run npm rebuild better-sqlite3 where spoold is installed.`,
    { cause: error },
  )
}
