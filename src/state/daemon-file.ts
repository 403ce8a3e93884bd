import { readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { isLoopback } from '../domain/loopback.js'
import { inspectEntry } from './entries.js'
import { createPrivateFile } from './private-file.js'
import { stateInvalid, writeFailure } from './refusals.js'
import { hasStateDirectory } from './state-directory.js'

/** daemon.json: how to reach the daemon of a state directory. */
export interface DaemonFile {
  pid: number
  /** Of the MCP endpoint. */
  url: string
  version: string
  /** ISO 8601. */
  started_at: string
  /** Lets the command line of this user do what MCP clients may not. New at each start. */
  operator_token: string
}

/**
 * Written aside and renamed, so that a reader finds all of it or nothing; mode 0600 from the first moment.
 * Throws SpoolError `storage_full` or `storage_readonly`.
 */
export function writeDaemonFile(path: string, content: DaemonFile): void {
  const aside = `${path}.${content.pid}`
  try {
    rmSync(aside, { force: true })
    createPrivateFile(aside, `${JSON.stringify(content, null, 2)}\n`)
    renameSync(aside, path)
  } catch (cause) {
    rmSync(aside, { force: true })
    throw writeFailure(path, cause)
  }
}

/**
 * Undefined where there is none, or none that can be read. What it says is acted upon (messages and tokens go to its
 * url, its pid is signalled), so it counts only where nobody else can have written it. Throws SpoolError
 * `state_directory_invalid` where directory or file are not this user's, or the url leads to another machine.
 */
export function readDaemonFile(path: string): DaemonFile | undefined {
  if (!hasStateDirectory(dirname(path)) || inspectEntry(path, 'file') === undefined) return undefined
  const file = read(path)
  if (file !== undefined && !isOnThisMachine(file.url)) {
    throw stateInvalid(`${path} names a daemon that is not on this machine: remove it, then spoold start.`)
  }
  return file
}

/** Removes the file if it is still the one that was written with this token: another daemon may have followed. */
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

/** By hand: a schema library would double the time that a quick command takes to start. */
function isDaemonFile(value: unknown): value is DaemonFile {
  if (typeof value !== 'object' || value === null) return false
  const file = value as Record<string, unknown>
  const texts = [file.url, file.version, file.started_at, file.operator_token]
  return (
    Number.isSafeInteger(file.pid) && Number(file.pid) > 0 && texts.every((text) => typeof text === 'string')
  )
}
