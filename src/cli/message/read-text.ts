import { SpoolError } from '../../domain/errors.js'
import { formatSize } from '../terminal/units.js'

/** More than any daemon is told to take; what is larger is refused before all of it is in memory. */
const LARGEST_BYTES = 64 * 1024 * 1024

/**
 * All that comes on standard input, as text without the newline at its end. Throws SpoolError `invalid_input` where it is not
 * UTF-8, `message_too_large` from 64 MiB.
 */
export async function readText(stream: NodeJS.ReadableStream): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream) {
    const buffer = Buffer.from(piece)
    bytes += buffer.length
    if (bytes > LARGEST_BYTES) {
      throw new SpoolError(
        'message_too_large',
        `Standard input is longer than ${formatSize(LARGEST_BYTES)}: name a file in the message instead.`,
      )
    }
    pieces.push(buffer)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
    return text.replace(/\r?\n$/, '')
  } catch (cause) {
    throw new SpoolError(
      'invalid_input',
      'Standard input is not UTF-8 text: name the file in the message instead.',
      { field: 'message', cause },
    )
  }
}
