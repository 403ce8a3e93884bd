import type { ChunkKind } from '../../domain/chunk.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import { type Paint, painterFor, type Style } from '../terminal/colour.js'
import { warn } from '../terminal/print.js'
import { writeOutput } from '../write-output.js'
import { type ChunkPrinter, paintChunk, type View, viewOf } from './chunk-printer.js'

/** A line that has not ended yet is printed when it is so long, in UTF-16 units: memory is not a task's to fill. */
const MAX_LINE_LENGTH = 64 * 1024
/** Colours of labels, in turn. */
const LABEL_STYLES: readonly Style[] = ['cyan', 'yellow', 'green', 'magenta', 'blue']

interface OpenLine {
  stream: NodeJS.WriteStream
  kind: ChunkKind
  paint: Paint
  text: string
}

/**
 * Prints one of several tasks: whole lines, each behind the label of its task. A line ends, too, where the task goes on in
 * another kind of chunk.
 *
 * @param place which of the tasks it is, from 0: it chooses the label's colour
 */
export function createLabelledPrinter(
  label: string,
  place: number,
  view: View,
  signal: AbortSignal,
): ChunkPrinter {
  const style = LABEL_STYLES[place % LABEL_STYLES.length] ?? 'cyan'
  let open: OpenLine | undefined

  async function endLine(): Promise<void> {
    if (open === undefined) return
    const { stream, kind, paint, text } = open
    open = undefined
    await writeOutput(
      stream,
      `${painterFor(stream)(style, label)} ${paintChunk(paint, kind, text)}\n`,
      signal,
    )
  }

  return {
    hint: (sentence) => warn(`${label} ${sentence}`),
    async print(chunk: ChunkResult) {
      const seen = viewOf(chunk, view)
      if (seen === undefined) return
      if (open !== undefined && open.kind !== chunk.kind) await endLine()
      const lines = seen.text.split('\n')
      for (const [at, line] of lines.entries()) {
        if (at === lines.length - 1 && line === '') break
        open ??= { stream: seen.stream, kind: chunk.kind, paint: seen.paint, text: '' }
        open.text += line
        if (at < lines.length - 1 || open.text.length > MAX_LINE_LENGTH) await endLine()
      }
    },
    end: endLine,
  }
}
