import { once } from 'node:events'
import { toDisplayText } from '../domain/text.js'

/** Output of a task for a stream: cleaned for a terminal unless `raw`, unchanged for a file or a pipe. */
export function outputFor(stream: NodeJS.WriteStream, text: string, raw = false): string {
  return stream.isTTY && !raw ? toDisplayText(text) : text
}

/** Waits for a slow reader, so that output does not accumulate in memory. */
export async function writeOutput(
  stream: NodeJS.WriteStream,
  text: string,
  signal?: AbortSignal,
): Promise<void> {
  if (text !== '' && !stream.write(text)) await once(stream, 'drain', signal && { signal })
}
