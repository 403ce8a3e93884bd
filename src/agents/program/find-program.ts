import { delimiter, resolve } from 'node:path'
import which from 'which'
import { describeValue } from '../../domain/text.js'

/**
 * Absolute path of a program as a shell in `directory` with this PATH would find it; null if there is no
 * executable one. A name with a slash is a path, relative to the directory.
 */
export async function findProgram(
  name: string,
  environment: Record<string, string>,
  directory: string,
): Promise<string | null> {
  if (name === '' || name.includes('\0')) return null
  if (name.includes('/')) return which(resolve(directory, name), { nothrow: true })
  const path = (environment.PATH ?? '')
    .split(delimiter)
    .map((entry) => resolve(directory, entry))
    .join(delimiter)
  return which(name, { nothrow: true, path })
}

/**
 * Why a configured program cannot be started, and what to do. PATH is not included, because the message goes to MCP
 * clients and into chunks.
 */
export function missingProgram(name: string): string {
  const problem = name.includes('/') ? 'does not exist or is not executable' : "is not on the daemon's PATH"
  return `${describeValue(name)} ${problem}; install it, or set the absolute path of the program.`
}
