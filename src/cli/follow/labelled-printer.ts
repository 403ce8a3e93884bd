import type { ChunkKind } from '../../domain/chunk.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import { type Paint, painterFor, type Style } from '../terminal/colour.js'
import { warn } from '../terminal/print.js'
import { writeOutput } from '../write-output.js'
import { type ChunkPrinter, type PrintOptions, paintChunk, toOutput } from './chunk-printer.js'

/** A longer line is printed before its end, so that a task cannot fill the memory. UTF-16 units. */
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
 * Prints one of several tasks: whole lines, each with the label of the task. A line also ends at a chunk of another kind.
 *
 * @param index number of the task, from 0; it selects the colour of the label
 */
export function createLabelledPrinter(
  label: string,
  index: number,
  options: PrintOptions,
  signal: AbortSignal,
): ChunkPrinter {
  const style = LABEL_STYLES[index % LABEL_STYLES.length] ?? 'cyan'
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
      const output = toOutput(chunk, options)
      if (output === undefined) return
      if (open !== undefined && open.kind !== chunk.kind) await endLine()
      const lines = output.text.split('\n')
      for (const [at, line] of lines.entries()) {
        if (at === lines.length - 1 && line === '') break
        open ??= { stream: output.stream, kind: chunk.kind, paint: output.paint, text: '' }
        open.text += line
        if (at < lines.length - 1 || open.text.length > MAX_LINE_LENGTH) await endLine()
      }
    },
    end: endLine,
  }
}
