import { once } from 'node:events'
import { toDisplayText } from '../domain/text.js'

/** A task's output as a stream gets it: clean on a terminal unless `raw`, as it is in a file or a pipe. */
export function outputFor(stream: NodeJS.WriteStream, text: string, raw = false): string {
  return stream.isTTY && !raw ? toDisplayText(text) : text
}

/** Waits for a reader that is slower than the task, so that memory does not fill with what waits for it. */
export async function writeOutput(
  stream: NodeJS.WriteStream,
  text: string,
  signal?: AbortSignal,
): Promise<void> {
  if (text !== '' && !stream.write(text)) await once(stream, 'drain', signal && { signal })
}
