import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { warn } from '../say.js'
import type { Message } from './message.js'

/**
 * Lets the person write the message in $VISUAL or $EDITOR, else vi; the file is private, and stays until the daemon has the
 * message. Throws SpoolError `launch_error` where the editor does not start or ends with another code than 0,
 * `invalid_input` where nothing was written.
 *
 * @param beginning what stands there already
 */
export function editMessage(beginning: string, env: NodeJS.ProcessEnv): Message {
  const file = join(mkdtempSync(join(tmpdir(), 'spoold-message-')), 'message.md')
  writeFileSync(file, beginning, { mode: 0o600 })
  const remove = () => rmSync(dirname(file), { recursive: true, force: true })
  const editor = env.VISUAL || env.EDITOR || 'vi'
  // The setting is a line of shell, by custom, and the person's own; the file's name is no part of it.
  const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  if (status !== 0) {
    const text = readFileSync(file, 'utf8')
    if (text === beginning) remove()
    const kept = text === beginning ? '' : `; what was written is in ${file}`
    throw new SpoolError(
      'launch_error',
      `The editor ${editor} ${status === null ? 'could not be run' : `ended with code ${status}`}, so nothing was asked: set EDITOR${kept}.`,
      { cause: error },
    )
  }
  const text = readFileSync(file, 'utf8').trim()
  if (text === '') {
    remove()
    throw new SpoolError('invalid_input', 'The message is empty, so nothing was asked.', { field: 'message' })
  }
  return {
    text,
    sent: remove,
    close() {
      if (existsSync(file)) warn(`the message is kept in ${file}`)
    },
  }
}
