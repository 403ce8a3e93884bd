import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { BUNDLES } from '../../helpers/build.js'
import { tempDirectory } from '../../helpers/temp-state.js'

/** Loads die-at-statement.mjs before whatever a Node process does. */
export const DIE_AT_STATEMENT = `--import=${pathToFileURL(join(import.meta.dirname, 'die-at-statement.mjs'))}`

export interface Opening {
  signal: NodeJS.Signals | null
  /** The code and sentence of a refusal. */
  said: string
  /** That were run; 0 where it died. */
  statements: number
}

/** Opens the store of a database in a process of its own, and closes it. `dieAt` is what die-at-statement.mjs understands. */
export async function openInChild(file: string, dieAt = 'nowhere 0'): Promise<Opening> {
  const count = join(tempDirectory('count'), 'statements')
  const child = spawn(process.execPath, [BUNDLES.migrationChild, file], {
    env: { PATH: process.env.PATH, DIE_AT: dieAt, STATEMENTS: count },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said, [, signal]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { signal, said, statements: signal === null ? Number(readFileSync(count, 'utf8')) : 0 }
}
