import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { BUNDLES } from '../../helpers/build.js'
import { tempDirectory } from '../../helpers/temp-state.js'

/** A Node option that preloads die-at-statement.mjs. */
export const DIE_AT_STATEMENT = `--import=${pathToFileURL(join(import.meta.dirname, 'die-at-statement.mjs'))}`

export interface Opening {
  signal: NodeJS.Signals | null
  /** Code and message of the error; empty if the store was opened. */
  error: string
  /** The number of statements that were run; 0 if the process was killed. */
  statements: number
}

/** Opens and closes the store of a database in a child process. `dieAt` is described in die-at-statement.mjs. */
export async function openInChild(file: string, dieAt = 'nowhere 0'): Promise<Opening> {
  const count = join(tempDirectory('count'), 'statements')
  const child = spawn(process.execPath, [BUNDLES.migrationChild, file], {
    env: { PATH: process.env.PATH, DIE_AT: dieAt, STATEMENTS: count },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [error, [, signal]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { signal, error, statements: signal === null ? Number(readFileSync(count, 'utf8')) : 0 }
}
