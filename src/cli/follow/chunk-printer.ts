import type { ChunkKind } from '../../domain/chunk.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import { type Paint, painterFor, type Style } from '../terminal/colour.js'
import { warn } from '../terminal/print.js'
import { outputFor, writeOutput } from '../write-output.js'

/** Which chunks a person wants to see, and how. */
export interface View {
  /** Only these kinds, all of them on standard output; without it all, and all but the answer on standard error. */
  kinds?: ReadonlySet<ChunkKind> | undefined
  /** As it was stored also on a terminal, which it may drive. */
  raw?: boolean | undefined
}

export interface ChunkPrinter {
  /** Waits for a reader that is slower. */
  print(chunk: ChunkResult): Promise<void>
  /** A word of ours, on a line of its own. */
  hint(sentence: string): void
  /** Ends a line that is half done. */
  end(): Promise<void>
}

const STYLES: Partial<Record<ChunkKind, Style>> = {
  thought: 'dim',
  notice: 'dim',
  tool: 'cyan',
  error: 'red',
}

/** Where a chunk goes and what of it is printed there; undefined where it is not wanted. */
export function viewOf(chunk: ChunkResult, { kinds, raw }: View) {
  if (kinds !== undefined && !kinds.has(chunk.kind)) return undefined
  const stream = kinds !== undefined || chunk.kind === 'text' ? process.stdout : process.stderr
  const text = outputFor(stream, chunk.content, raw)
  return text === '' ? undefined : { stream, text, paint: raw ? unpainted : painterFor(stream) }
}

const unpainted: Paint = (_style, text) => text

/** Line by line, so that no colour goes on over the end of one. */
export function paintChunk(paint: Paint, kind: ChunkKind, text: string): string {
  const style = STYLES[kind]
  if (style === undefined) return text
  return text
    .split('\n')
    .map((line) => paint(style, line))
    .join('\n')
}

/** Prints one task's chunks as they are. */
export function createChunkPrinter(view: View, signal: AbortSignal): ChunkPrinter {
  let isHalfLine = false
  const endLine = () => {
    if (isHalfLine) process.stderr.write('\n')
    isHalfLine = false
  }
  return {
    hint(sentence) {
      endLine()
      warn(sentence)
    },
    async print(chunk) {
      const seen = viewOf(chunk, view)
      if (seen === undefined) return
      const { stream, text, paint } = seen
      // What goes to a file or a pipe on standard output is the answer, byte for byte, and nothing is added to it.
      if (stream === process.stderr || stream.isTTY) isHalfLine = !text.endsWith('\n')
      await writeOutput(stream, paintChunk(paint, chunk.kind, text), signal)
    },
    async end() {
      endLine()
    },
  }
}
