import type { ChunkKind } from '../../domain/chunk.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import { type Paint, painterFor, type Style } from '../terminal/colour.js'
import { warn } from '../terminal/print.js'
import { outputFor, writeOutput } from '../write-output.js'

/** Which chunks to print, and how. */
export interface PrintOptions {
  /** Only these kinds, all to standard output. Default: all kinds, everything but the answer to standard error. */
  kinds?: ReadonlySet<ChunkKind> | undefined
  /** Unchanged, also to a terminal, which the output can then control. */
  raw?: boolean | undefined
}

export interface ChunkPrinter {
  /** Waits for a slow reader. */
  print(chunk: ChunkResult): Promise<void>
  /** Prints a message of spoold on a separate line. */
  hint(sentence: string): void
  /** Ends an incomplete line. */
  end(): Promise<void>
}

const STYLES: Partial<Record<ChunkKind, Style>> = {
  thought: 'dim',
  notice: 'dim',
  tool: 'cyan',
  error: 'red',
}

/** The stream and the text to print for a chunk; undefined for a kind that is not wanted. */
export function toOutput(chunk: ChunkResult, { kinds, raw }: PrintOptions) {
  if (kinds !== undefined && !kinds.has(chunk.kind)) return undefined
  const stream = kinds !== undefined || chunk.kind === 'text' ? process.stdout : process.stderr
  const text = outputFor(stream, chunk.content, raw)
  return text === '' ? undefined : { stream, text, paint: raw ? unpainted : painterFor(stream) }
}

const unpainted: Paint = (_style, text) => text

/** Line by line, so that no colour extends over the end of a line. */
export function paintChunk(paint: Paint, kind: ChunkKind, text: string): string {
  const style = STYLES[kind]
  if (style === undefined) return text
  return text
    .split('\n')
    .map((line) => paint(style, line))
    .join('\n')
}

/** Prints the chunks of a single task. */
export function createChunkPrinter(options: PrintOptions, signal: AbortSignal): ChunkPrinter {
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
      const output = toOutput(chunk, options)
      if (output === undefined) return
      const { stream, text, paint } = output
      // A file or pipe on standard output gets exactly the answer, so no newline is added to it.
      if (stream === process.stderr || stream.isTTY) isHalfLine = !text.endsWith('\n')
      await writeOutput(stream, paintChunk(paint, chunk.kind, text), signal)
    },
    async end() {
      endLine()
    },
  }
}
