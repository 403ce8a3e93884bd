import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { writeFailure } from '../../state/errors.js'
import { warn } from '../terminal/print.js'
import type { Message } from './message.js'

/**
 * Lets the person write the message in $VISUAL or $EDITOR, else vi; the file is private, and stays until the daemon has the
 * message. Throws SpoolError `launch_error` where the editor does not start or ends with another code than 0,
 * `invalid_input` where nothing was written, `storage_full` or `storage_readonly` where there is no room for the file.
 *
 * @param beginning what stands there already
 */
export function editMessage(beginning: string, env: NodeJS.ProcessEnv): Message {
  const file = makeFile(beginning)
  const remove = () => rmSync(dirname(file), { recursive: true, force: true })
  const editor = env.VISUAL || env.EDITOR || 'vi'
  const { status, error } = runEditor(editor, file)
  const text = readBack(file)
  if (status !== 0) {
    const isUnchanged = text === '' || text === beginning.trim()
    if (isUnchanged) remove()
    const kept = isUnchanged ? '' : `; what was written is in ${file}`
    throw new SpoolError(
      'launch_error',
      `The editor ${editor} ${status === null ? 'could not be run or was ended' : `ended with code ${status}`}, so nothing was asked: set EDITOR${kept}.`,
      { cause: error },
    )
  }
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

function makeFile(content: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'spoold-message-')), 'message.md')
    writeFileSync(file, content, { mode: 0o600 })
    return file
  } catch (cause) {
    throw writeFailure(`A file for the message in ${tmpdir()}`, cause)
  }
}

/** Ctrl-C is the editor's: should it end by that, what was written is told. */
function runEditor(editor: string, file: string) {
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    // The setting is a line of shell, by custom, and the person's own; the file's name is no part of it.
    return spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  } finally {
    process.off('SIGINT', ignore)
  }
}

/** Nothing where the editor removed it. */
function readBack(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}
