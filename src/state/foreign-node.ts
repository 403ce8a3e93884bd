import { SpoolError } from '../domain/errors.js'
import { systemCode } from './refusals.js'

/**
 * Says of SQLite's binding that it was built for another Node than this one; without that, a file that cannot be opened
 * by this process would be taken for one that is damaged, or for one that nobody holds.
 */
export function refuseForeignNode(error: unknown): void {
  if (systemCode(error) !== 'ERR_DLOPEN_FAILED') return
  throw new SpoolError(
    'unsupported_platform',
    `SQLite's binding (better-sqlite3) was built for another Node than this ${process.version}: use that one, or run npm rebuild better-sqlite3 where spoold is installed.`,
    { cause: error },
  )
}
