import { delimiter, resolve } from 'node:path'
import which from 'which'

/**
 * Absolute path of a program as a shell in `directory` with this PATH would find it; null where there is none that
 * may be executed. A name with a slash is a path, relative to the directory.
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
