import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { statePaths } from '../../../src/state/paths.js'
import { readOrCreateToken } from '../../../src/state/token.js'
import { startDaemonProcess } from '../../helpers/daemon-process.js'
import { connectHttp, readToTheEnd } from '../../helpers/mcp-client.js'
import { killProcessesWith } from '../../helpers/processes.js'
import { tempState } from '../../helpers/temp-state.js'
import { openAndClose, readSound, writeFiles } from './cut-states.js'
import { agentsOf, type DaemonAtWork } from './daemon-at-work.js'
import type { Files } from './disk.js'
import type { Operation } from './write-log.js'

/** What a client knew when the power was cut. */
export class Known {
  token: string | undefined
  /** Chunks of the endless task that it saw. */
  chunks = 0
  readonly tasks: string[] = []
  readonly completed: string[] = []

  learn({ what, value }: Operation & { does: 'tell' }): void {
    if (what === 'token') this.token = value
    else if (what === 'chunks') this.chunks = Number(value)
    else if (what === 'task') this.tasks.push(value)
    else this.completed.push(value)
  }
}

/** What of the endless task is left on a disk, which is a beginning of what was there; `missing` tasks are none of those that ended. */
export function leftOf(files: Files, { endless, seen }: DaemonAtWork, known: Known) {
  const { database } = statePaths(putBack(files))
  openAndClose(database)
  return readSound(database, (db) => {
    const statusOf = db.prepare<[string], string>('SELECT status FROM task_history WHERE task_id = ?').pluck()
    const contents = db
      .prepare<[string], string>('SELECT content FROM task_transcript WHERE task_id = ? ORDER BY chunk_index')
      .pluck()
      .all(endless)
    const both = Math.min(contents.length, seen.length)
    expect(contents.slice(0, both)).toEqual(seen.slice(0, both).map(({ content }) => content))
    return {
      chunks: contents.length,
      missing: known.tasks.filter((id) => statusOf.get(id) === undefined).length,
      unended: known.completed.filter((id) => statusOf.get(id) !== 'completed').length,
    }
  })
}

/**
 * The next daemon serves what is left. With durability full its clients still have the right token, and the task that ran is lost,
 * with all that they saw of it.
 *
 * @returns whether the task had been started as far as is known, so that it is told as lost
 */
export async function serveAfterCut(files: Files, work: DaemonAtWork, known: Known): Promise<boolean> {
  const stateDirectory = putBack(files)
  const daemon = await startDaemonProcess({ stateDirectory, env: agentsOf(stateDirectory) })
  const paths = statePaths(stateDirectory)
  const { token } = readOrCreateToken(paths.token)
  if (known.token !== undefined) expect(token, 'the token that clients have').toBe(known.token)
  const client = await connectHttp(daemon.file.url, token)
  // Chunk 0 tells of the process.
  const isLost = known.chunks > 0
  if (isLost) {
    const { chunks, last } = await readToTheEnd(client, work.endless)
    expect(last).toMatchObject({ status: 'failed', end_reason: 'lost' })
    expect(chunks.slice(0, known.chunks)).toEqual(work.seen.slice(0, known.chunks))
  }
  await daemon.kill('SIGKILL')
  killProcessesWith(`HOME=${dirname(stateDirectory)}`)
  return isLost
}

/** The state directory, as the machine finds it that comes up again. */
function putBack(files: Files): string {
  const stateDirectory = tempState()
  const home = dirname(stateDirectory)
  writeFiles(home, files)
  if (!existsSync(join(home, 'state'))) mkdirSync(stateDirectory, { mode: 0o700 })
  return stateDirectory
}
