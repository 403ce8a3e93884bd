import { SpoolError } from '../../domain/errors.js'
import { type Message, plainMessage } from './message.js'

/**
 * The message of `spoold run`: the words of the command line; where the last one is `-`, or there is none, what comes on
 * standard input (behind the words, after an empty line); and where that is a terminal, what the person writes in $EDITOR.
 * Throws SpoolError `invalid_input` where there is nothing to ask, `message_too_large`, and `launch_error` for an editor that
 * does not start.
 */
export async function readMessage(words: readonly string[], isEdited: boolean): Promise<Message> {
  const isPiped = words.at(-1) === '-'
  const said = (isPiped ? words.slice(0, -1) : words).join(' ')
  const { stdin } = process
  if (isEdited && isPiped) {
    throw new SpoolError(
      'invalid_input',
      'A message is either piped in (-) or written in an editor (--edit): leave one of them out.',
      { field: 'message' },
    )
  }
  if (isEdited || (said === '' && !isPiped && stdin.isTTY)) {
    const { editMessage } = await import('./edit-message.js')
    return editMessage(said, process.env)
  }
  if (said !== '' && !isPiped) return plainMessage(said)
  const { readText } = await import('./read-text.js')
  const piped = await readText(stdin)
  const text = [said, piped].filter((part) => part !== '').join('\n\n')
  if (text.trim() === '') {
    throw new SpoolError(
      'invalid_input',
      'There is no message: say it (spoold run MESSAGE), pipe it in, or write it with --edit.',
      { field: 'message' },
    )
  }
  return plainMessage(text)
}
