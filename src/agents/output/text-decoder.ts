import { z } from 'zod'
import type { Decoder, Stream } from '../../domain/adapter.js'
import type { ChunkKind, Piece } from '../../domain/chunk.js'
import type { Json } from '../../domain/json.js'
import { FRESH_LINE } from './line-redraw.js'
import { lineStateSchema } from './line-state.js'
import { TextStream } from './text.js'

const stateSchema = z.object({ out: lineStateSchema, err: lineStateSchema })

const KIND_OF: Record<Stream, ChunkKind> = { out: 'text', err: 'stderr' }

export const FRESH_TEXT: Json = { out: { ...FRESH_LINE }, err: { ...FRESH_LINE } }

/** Decoder for programs that print text: standard output is the answer, standard error diagnostics. */
export function textDecoder(state: Json): Decoder {
  // A state of another version: both streams count as at the start of a line.
  const saved = stateSchema.catch({ out: FRESH_LINE, err: FRESH_LINE }).parse(state)
  const streams = { out: new TextStream(saved.out), err: new TextStream(saved.err) }
  return {
    decode: (stream, bytes) => pieceOf(KIND_OF[stream], streams[stream].push(bytes)),
    end: () => [...pieceOf('text', streams.out.end()), ...pieceOf('stderr', streams.err.end())],
    unsettled: (stream) => streams[stream].unsettled,
    state: () => ({ out: { ...streams.out.state() }, err: { ...streams.err.state() } }),
  }
}

export function pieceOf(kind: ChunkKind, content: string): Piece[] {
  return content === '' ? [] : [{ kind, content }]
}
