import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, lstatSync, readFileSync, rmSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { createLastingFile } from './private-file.js'
import { stateInvalid, systemCode, writeFailure } from './refusals.js'
import { syncDirectory } from './sync-to-disk.js'

/** 32 random bytes as base64url: 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The token of MCP clients, made at the first call and kept. It is linked into its place when it is whole, so that
 * two that start at once agree on one, and neither a crash nor a power cut leaves a half of it.
 *
 * A mode that lets others in is repaired; `wasOpen` then tells to say so, since somebody may have read the token.
 * Throws SpoolError `state_directory_invalid` for what is no token file of this user, and `storage_full` or
 * `storage_readonly` where none can be made.
 */
export function readOrCreateToken(path: string): { token: string; wasOpen: boolean } {
  const found = inspect(path) ?? create(path)
  if (!found.isFile()) throw damaged(path, 'is not a plain file')
  const uid = process.getuid?.()
  if (uid !== undefined && found.uid !== uid)
    throw damaged(path, `belongs to another user (uid ${found.uid})`)
  const wasOpen = (found.mode & 0o077) !== 0
  if ((found.mode & 0o777) !== 0o600) chmodSync(path, 0o600)
  const token = readFileSync(path, 'utf8').trim()
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) throw damaged(path, 'does not hold a token')
  return { token, wasOpen }
}

function inspect(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function create(path: string): Stats {
  const aside = `${path}.${process.pid}.${newToken().slice(0, 8)}`
  try {
    createLastingFile(aside, `${newToken()}\n`)
    linkSync(aside, path)
    syncDirectory(dirname(path))
  } catch (cause) {
    // EEXIST: another process was first, and its token counts.
    if (systemCode(cause) !== 'EEXIST') throw writeFailure(`The token file ${path}`, cause)
  } finally {
    rmSync(aside, { force: true })
  }
  return lstatSync(path)
}

function damaged(path: string, reason: string): Error {
  return stateInvalid(
    `The token file ${path} ${reason}: remove it; the next start makes a new one, which clients then need.`,
  )
}
