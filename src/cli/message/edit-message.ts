import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { writeFailure } from '../../state/errors.js'
import { warn } from '../terminal/print.js'
import type { Message } from './message.js'

/**
 * Opens $VISUAL, $EDITOR or vi for the message. The file is private and is kept until the daemon has the message. Throws
 * SpoolError `launch_error` if the editor cannot be started or fails, `invalid_input` for an empty message, and
 * `storage_full` or `storage_readonly` if the file cannot be created.
 *
 * @param initial the initial text
 */
export function editMessage(initial: string, env: NodeJS.ProcessEnv): Message {
  const file = createFile(initial)
  const remove = () => rmSync(dirname(file), { recursive: true, force: true })
  const editor = env.VISUAL || env.EDITOR || 'vi'
  const { status, error } = runEditor(editor, file)
  const text = readBack(file)
  if (status !== 0) {
    const isUnchanged = text === '' || text === initial.trim()
    if (isUnchanged) remove()
    const kept = isUnchanged ? '' : `; your text is in ${file}`
    throw new SpoolError(
      'launch_error',
      `The editor ${editor} ${status === null ? 'could not be run or was killed' : `exited with code ${status}`}, so no task was started: set EDITOR${kept}.`,
      { cause: error },
    )
  }
  if (text === '') {
    remove()
    throw new SpoolError('invalid_input', 'The message is empty, so no task was started.', {
      field: 'message',
    })
  }
  return {
    text,
    sent: remove,
    close() {
      if (existsSync(file)) warn(`the message is kept in ${file}`)
    },
  }
}

function createFile(content: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'spoold-message-')), 'message.md')
    writeFileSync(file, content, { mode: 0o600 })
    return file
  } catch (cause) {
    throw writeFailure(`A file for the message in ${tmpdir()}`, cause)
  }
}

/** Ctrl-C goes to the editor; if it ends the editor, the path of the text is still printed. */
function runEditor(editor: string, file: string) {
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    // By convention the variable is a shell command. It is the user's own; the file name is passed as an argument.
    return spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  } finally {
    process.off('SIGINT', ignore)
  }
}

/** Empty if the editor removed the file. */
function readBack(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}
