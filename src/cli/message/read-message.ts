import { SpoolError } from '../../domain/errors.js'
import { type Message, plainMessage } from './message.js'

/**
 * The message of `spoold run`: the words of the command line. If the last word is `-` or there are none, standard input
 * follows after an empty line; if that is a terminal, the message is written in $EDITOR. Throws SpoolError `invalid_input`
 * for an empty message, `message_too_large`, and `launch_error` if the editor cannot be started.
 */
export async function readMessage(words: readonly string[], isEdited: boolean): Promise<Message> {
  const isPiped = words.at(-1) === '-'
  const given = (isPiped ? words.slice(0, -1) : words).join(' ')
  const { stdin } = process
  if (isEdited && isPiped) {
    throw new SpoolError(
      'invalid_input',
      'A message comes either from standard input (-) or from an editor (--edit): omit one of them.',
      { field: 'message' },
    )
  }
  if (isEdited || (given === '' && !isPiped && stdin.isTTY)) {
    const { editMessage } = await import('./edit-message.js')
    return editMessage(given, process.env)
  }
  if (given !== '' && !isPiped) return plainMessage(given)
  const { readText } = await import('./read-text.js')
  const piped = await readText(stdin)
  const text = [given, piped].filter((part) => part !== '').join('\n\n')
  if (text.trim() === '') {
    throw new SpoolError(
      'invalid_input',
      'There is no message: pass it as an argument (spoold run MESSAGE), pipe it in, or write it with --edit.',
      { field: 'message' },
    )
  }
  return plainMessage(text)
}
