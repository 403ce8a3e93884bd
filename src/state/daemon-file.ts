import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

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

/** Written aside and renamed, so that a reader finds all of it or nothing; mode 0600 from the first moment. */
export function writeDaemonFile(path: string, content: DaemonFile): void {
  const aside = `${path}.${content.pid}`
  rmSync(aside, { force: true })
  writeFileSync(aside, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(aside, path)
}

/** Undefined where there is none, or none that can be read. */
export function readDaemonFile(path: string): DaemonFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isDaemonFile(content) ? content : undefined
  } catch {
    return undefined
  }
}

/** Removes the file if it is still the one that was written with this token: another daemon may have followed. */
export function removeDaemonFile(path: string, operatorToken: string): void {
  if (readDaemonFile(path)?.operator_token === operatorToken) rmSync(path, { force: true })
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
