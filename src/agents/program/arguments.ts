import { SpoolError } from '../../domain/errors.js'

/** Maximum argument length on Linux: MAX_ARG_STRLEN is 128 KiB including the final NUL. */
export const MAX_ARGUMENT_BYTES = 128 * 1024 - 1

/** Longer messages are passed as standard input, well before an argument gets too long. */
const MAX_ARGUMENT_MESSAGE_BYTES = 100 * 1024

/** Whether a message can be an argument, and is not read as an option there. */
export function fitsArgument(message: string): boolean {
  const isShort = Buffer.byteLength(message) <= MAX_ARGUMENT_MESSAGE_BYTES
  return isShort && !message.startsWith('-') && !message.includes('\0')
}

/** Checks the limits of arguments. Throws `invalid_input` for a NUL byte, `message_too_large` for a long argument. */
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

/** Throws `invalid_input` for a value that starts with a dash and would be read as an option. */
export function checkNoOption(value: string | null | undefined, field: string): void {
  if (value?.startsWith('-')) {
    throw new SpoolError('invalid_input', `${field} must not start with "-": ${JSON.stringify(value)}`, {
      field,
    })
  }
}
