import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { isLoopback } from '../domain/loopback.js'
import { writeFileAtomically } from './atomic-write.js'
import { inspectEntry } from './entries.js'
import { stateInvalid, writeFailure } from './errors.js'
import { hasStateDirectory } from './state-directory.js'

/** daemon.json: how to reach the daemon of a state directory. */
export interface DaemonFile {
  pid: number
  /** URL of the MCP endpoint. */
  url: string
  version: string
  /** ISO 8601. */
  started_at: string
  /** The token for the operator's tools, which MCP clients may not use. New at each start. */
  operator_token: string
}

/** Writes the file atomically, with mode 0600. Throws SpoolError `storage_full` or `storage_readonly`. */
export function writeDaemonFile(path: string, content: DaemonFile): void {
  try {
    writeFileAtomically(path, `${JSON.stringify(content, null, 2)}\n`)
  } catch (cause) {
    throw writeFailure(path, cause)
  }
}

/**
 * Reads the file; undefined if it does not exist or is invalid. Messages and tokens are sent to its URL and its pid is
 * signalled, so it is used only if no other user can have written it. Throws SpoolError `state_directory_invalid` if the
 * directory or the file belongs to another user, or if the URL is not on this machine.
 */
export function readDaemonFile(path: string): DaemonFile | undefined {
  if (!hasStateDirectory(dirname(path)) || inspectEntry(path, 'file') === undefined) return undefined
  const file = read(path)
  if (file !== undefined && !isOnThisMachine(file.url)) {
    throw stateInvalid(`${path} names a daemon on another machine: remove it, then run spoold start.`)
  }
  return file
}

/** Removes the file if it still has this token; a later daemon may have replaced it. */
export function removeDaemonFile(path: string, operatorToken: string): void {
  if (read(path)?.operator_token === operatorToken) rmSync(path, { force: true })
}

function read(path: string): DaemonFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isDaemonFile(content) ? content : undefined
  } catch {
    return undefined
  }
}

function isOnThisMachine(url: string): boolean {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
  return protocol === 'http:' && isLoopback(hostname)
}

/** Checked by hand: a schema library would double the start time of a quick command. */
function isDaemonFile(value: unknown): value is DaemonFile {
  if (typeof value !== 'object' || value === null) return false
  const file = value as Record<string, unknown>
  const texts = [file.url, file.version, file.started_at, file.operator_token]
  return (
    Number.isSafeInteger(file.pid) && Number(file.pid) > 0 && texts.every((text) => typeof text === 'string')
  )
}
