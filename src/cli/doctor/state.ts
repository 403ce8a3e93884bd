import { lstatSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { refuseForeignEntries } from '../../state/entries.js'
import type { StatePaths } from '../../state/paths.js'
import { hasStateDirectory } from '../../state/state-directory.js'
import { type Finding, ok, problem, refused, warning } from './check.js'

export function checkStateDirectory(paths: StatePaths): Finding {
  const { root } = paths
  try {
    if (!hasStateDirectory(root))
      return ok('state directory', `${root} does not exist yet; the first start makes it`)
    refuseForeignEntries(paths)
  } catch (error) {
    return refused('state directory', error)
  }
  if ((statSync(root).mode & 0o077) !== 0) {
    return warning('state directory', `${root} is open to other users`, `chmod 700 ${root}`)
  }
  return ok('state directory', root)
}

export function checkToken({ token }: StatePaths): Finding {
  const found = lstatSync(token, { throwIfNoEntry: false })
  if (found === undefined) return ok('token', 'none yet; the first start makes one')
  if (!found.isFile())
    return problem('token', `${token} is not a plain file`, `rm -r ${token}; spoold restart`)
  if ((found.mode & 0o077) !== 0) {
    return warning(
      'token',
      `${token} can be read by other users`,
      `rm ${token}; spoold restart; update the clients`,
    )
  }
  return ok('token', token)
}

/** Opens the database to read only, as any sqlite3 does beside a running daemon. */
export function checkDatabase({ database }: StatePaths): Finding {
  if (statSync(database, { throwIfNoEntry: false }) === undefined) {
    return ok('database', 'none yet; the first start makes one')
  }
  let file: Database.Database | undefined
  try {
    file = new Database(database, { readonly: true, timeout: 2000 })
    const answer = file.pragma('quick_check(1)', { simple: true })
    if (answer === 'ok') return ok('database', `${database} is sound`)
    return problem('database', `${database} is damaged: ${answer}`, 'spoold stop; spoold db --recover')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return problem(
      'database',
      `${database} cannot be read: ${reason}`,
      'spoold stop; spoold db --recover, or put a backup in its place',
    )
  } finally {
    file?.close()
  }
}
