import { lstatSync, statSync } from 'node:fs'
import { assertOwnEntries } from '../../state/entries.js'
import type { StatePaths } from '../../state/paths.js'
import { hasStateDirectory } from '../../state/state-directory.js'
import { type Finding, ok, problem, problemOf, shellWord, warning } from './check.js'

export function checkStateDirectory(paths: StatePaths): Finding {
  const { root } = paths
  try {
    if (!hasStateDirectory(root))
      return ok('state directory', `${root} does not exist yet; the first start creates it`)
    assertOwnEntries(paths)
  } catch (error) {
    return problemOf('state directory', error)
  }
  if ((statSync(root).mode & 0o077) !== 0) {
    return warning('state directory', `${root} is open to other users`, `chmod 700 ${shellWord(root)}`)
  }
  return ok('state directory', root)
}

export function checkToken({ token }: StatePaths): Finding {
  const found = lstatSync(token, { throwIfNoEntry: false })
  if (found === undefined) return ok('token', 'none yet; the first start creates it')
  if (!found.isFile())
    return problem('token', `${token} is not a regular file`, `rm -r ${shellWord(token)}; spoold restart`)
  if ((found.mode & 0o077) !== 0) {
    return warning(
      'token',
      `${token} can be read by other users`,
      `rm ${shellWord(token)}; spoold restart; update the clients`,
    )
  }
  return ok('token', token)
}
