import { SpoolError } from '../../domain/errors.js'

/** Longest argument that Linux hands to a process: MAX_ARG_STRLEN is 128 KiB with the closing NUL. */
export const MAX_ARGUMENT_BYTES = 128 * 1024 - 1

/** Messages beyond this are given as standard input, well before an argument gets too long. */
const MAX_ARGUMENT_MESSAGE_BYTES = 100 * 1024

/** Whether a message can be an argument, and is not read as an option there. */
export function fitsArgument(message: string): boolean {
  const isShort = Buffer.byteLength(message) <= MAX_ARGUMENT_MESSAGE_BYTES
  return isShort && !message.startsWith('-') && !message.includes('\0')
}

/** Refuses what no process can be given: `invalid_input` for a NUL byte, `message_too_large` for too long a one. */
export function checkArguments(argv: readonly string[], remedy: string, field: string): void {
  for (const argument of argv) {
    if (argument.includes('\0')) {
      throw new SpoolError(
        'invalid_input',
        'An argument of a process cannot contain a NUL byte; remove it.',
        { field },
      )
    }
    if (Buffer.byteLength(argument) > MAX_ARGUMENT_BYTES) {
      throw new SpoolError(
        'message_too_large',
        `One argument of a process can be at most ${MAX_ARGUMENT_BYTES} bytes; ${remedy}`,
        { field },
      )
    }
  }
}

/** An id or a model's name that starts with a dash would be read as an option. `invalid_input`. */
export function checkNoOption(value: string | null | undefined, field: string): void {
  if (value?.startsWith('-')) {
    throw new SpoolError('invalid_input', `${field} must not start with "-": ${JSON.stringify(value)}`, {
      field,
    })
  }
}
