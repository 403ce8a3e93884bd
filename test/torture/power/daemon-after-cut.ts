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
import type { Files } from './disk.js'
import { agentsOf, type DaemonRecording } from './record-daemon.js'
import type { Operation } from './write-log.js'

/** What a client had been sent when the power was cut. */
export class KnownToClient {
  token: string | undefined
  /** The number of chunks of the endless task. */
  chunks = 0
  readonly tasks: string[] = []
  readonly completed: string[] = []

  add({ what, value }: Operation & { kind: 'acknowledge' }): void {
    if (what === 'token') this.token = value
    else if (what === 'chunks') this.chunks = Number(value)
    else if (what === 'task') this.tasks.push(value)
    else this.completed.push(value)
  }
}

/**
 * Counts the chunks of the endless task that are left, which must be the first ones, the known tasks that are `missing`, and those
 * known as completed that are `unended`.
 */
export function contentLeft(files: Files, { endless, seen }: DaemonRecording, known: KnownToClient) {
  const { database } = statePaths(restoreState(files))
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
 * Starts a daemon on the files that are left. With durability full the token is still valid, and the task that was running is lost
 * but keeps every chunk that a client received.
 *
 * @returns whether a client knew that the task had started, so that it must be reported as lost
 */
export async function serveAfterCut(
  files: Files,
  recording: DaemonRecording,
  known: KnownToClient,
): Promise<boolean> {
  const stateDirectory = restoreState(files)
  const daemon = await startDaemonProcess({ stateDirectory, env: agentsOf(stateDirectory) })
  const paths = statePaths(stateDirectory)
  const { token } = readOrCreateToken(paths.token)
  if (known.token !== undefined) expect(token, 'the token of the clients').toBe(known.token)
  const client = await connectHttp(daemon.file.url, token)
  // Chunk 0 is stored when the process has started.
  const isLost = known.chunks > 0
  if (isLost) {
    const { chunks, last } = await readToTheEnd(client, recording.endless)
    expect(last).toMatchObject({ status: 'failed', end_reason: 'lost' })
    expect(chunks.slice(0, known.chunks)).toEqual(recording.seen.slice(0, known.chunks))
  }
  await daemon.kill('SIGKILL')
  killProcessesWith(`HOME=${dirname(stateDirectory)}`)
  return isLost
}

/** Creates the state directory as it is found after the power cut. */
function restoreState(files: Files): string {
  const stateDirectory = tempState()
  const home = dirname(stateDirectory)
  writeFiles(home, files)
  if (!existsSync(join(home, 'state'))) mkdirSync(stateDirectory, { mode: 0o700 })
  return stateDirectory
}
