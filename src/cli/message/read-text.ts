import { SpoolError } from '../../domain/errors.js'
import { formatSize } from '../terminal/units.js'

/** More than any daemon accepts; larger input is rejected before all of it is in memory. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Reads all of standard input as text, without the final newline. Throws SpoolError `invalid_input` if it is not UTF-8, and
 * `message_too_large` beyond 64 MiB.
 */
export async function readText(stream: NodeJS.ReadableStream): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream) {
    const buffer = Buffer.from(piece)
    bytes += buffer.length
    if (bytes > MAX_BYTES) {
      throw new SpoolError(
        'message_too_large',
        `Standard input is longer than ${formatSize(MAX_BYTES)}: name a file in the message instead.`,
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
