import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, readFileSync, type Stats } from 'node:fs'
import { writeFileAtomically } from './atomic-write.js'
import { stateInvalid, systemCode, writeFailure } from './errors.js'

/** 32 random bytes as base64url: 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * Reads the token of MCP clients, and creates it at the first call. It is created atomically, so two daemons that start
 * at the same time agree on one token, and neither a crash nor a power cut leaves a part of it.
 *
 * A mode that admits other users is repaired; then `wasOpen` is true, because they may have read the token. Throws
 * SpoolError `state_directory_invalid` for anything but a token file of this user, and `storage_full` or
 * `storage_readonly` if the file cannot be created.
 */
export function readOrCreateToken(path: string): { token: string; wasOpen: boolean } {
  const found = inspect(path) ?? create(path)
  if (!found.isFile()) throw damaged(path, 'is not a regular file')
  const uid = process.getuid?.()
  if (uid !== undefined && found.uid !== uid)
    throw damaged(path, `belongs to another user (uid ${found.uid})`)
  const wasOpen = (found.mode & 0o077) !== 0
  if ((found.mode & 0o777) !== 0o600) chmodSync(path, 0o600)
  const token = readFileSync(path, 'utf8').trim()
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) throw damaged(path, 'does not contain a token')
  return { token, wasOpen }
}

function inspect(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function create(path: string): Stats {
  try {
    writeFileAtomically(path, `${newToken()}\n`, { replace: false })
  } catch (cause) {
    // EEXIST: another process was first, so its token is used.
    if (systemCode(cause) !== 'EEXIST') throw writeFailure(`The token file ${path}`, cause)
  }
  return lstatSync(path)
}

function damaged(path: string, reason: string): Error {
  return stateInvalid(
    `The token file ${path} ${reason}: remove it; the next start creates a new one, which clients then need.`,
  )
}
