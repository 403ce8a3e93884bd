import { type Decoder, STREAMS, type Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import type { Json } from '../../domain/json.js'
import type { SpoolReader } from '../../domain/processes.js'
import type { Question } from '../../domain/question.js'
import type { Run } from '../../domain/store.js'
import { takeEnd } from '../../domain/text.js'
import { coalesce } from './coalesce.js'

/** Bytes read from one stream at a time: bounds the memory of a task, whatever it writes. */
const READ_BYTES = 256 * 1024
/** Offsets that moved this far without a chunk are committed all the same, so that a restart re-reads little. */
const SAVE_EVERY_BYTES = 1024 * 1024
const STDERR_TAIL_CHARS = 2_000

export interface IngestOptions {
  run: Run
  spool: SpoolReader
  decoder: Decoder
  /** Bytes of both streams together that are kept. */
  outputLimit: number
  /** Commits chunks, offsets and decoder state together; repeats until it is stored. */
  commit(batch: IngestBatch): Promise<void>
}

export interface IngestBatch {
  expectedIndex: number
  pieces: Piece[]
  offsets: Record<Stream, number>
  decoderState: Json
  /** Where it changed: what the agent asks for now. */
  question?: Question | null | undefined
}

/** Reads a task's spool from the stored offsets, decodes, and commits. */
export interface Ingest {
  /** One bounded round over both streams; says how many bytes it read. */
  round(): Promise<number>
  /** Commits pieces, and what the dialogue decided, without reading. */
  note(pieces: Piece[]): Promise<void>
  /** The same where the dialogue has something to be stored. */
  noteIfDue(): Promise<void>
  /** Reads on until both streams are at the size that they have now, or at the output limit. */
  drain(): Promise<void>
  /** Bytes that wait in the spool to be read. */
  unread(): number
  /** Whether the process wrote more than is kept. */
  isOverLimit(): boolean
  /** Bytes of the spool that are not kept. */
  droppedBytes(): number
  /** What the decoder still held back, at the very end. */
  lastPieces(): Piece[]
  /** The end of standard error, cleaned. */
  stderrTail(): string
  decoderState(): Json
}

export function createIngest({ run, spool, decoder, outputLimit, commit }: IngestOptions): Ingest {
  const read: Record<Stream, number> = { ...run.offsets }
  let nextIndex = run.task.chunkCount
  let unsaved = 0
  let tail = ''
  let asked = run.task.status === 'input_required' ? run.task.question.id : null

  /** A file that was cut may be shorter than what the decoder holds back. */
  function settled(stream: Stream): number {
    return Math.max(0, read[stream] - decoder.unsettled(stream))
  }

  function room(): number {
    return outputLimit - read.out - read.err
  }

  function unread(): number {
    return Math.max(0, spool.size('out') + spool.size('err') - read.out - read.err)
  }

  async function readInto(stream: Stream, pieces: Piece[], upTo = Number.POSITIVE_INFINITY): Promise<number> {
    const length = Math.min(READ_BYTES, room(), upTo - read[stream])
    if (length <= 0) return 0
    const bytes = await spool.read(stream, read[stream], length)
    if (bytes.length === 0) return 0
    read[stream] += bytes.length
    for (const piece of decoder.decode(stream, bytes)) {
      pieces.push(piece)
      keepTail(piece)
    }
    return bytes.length
  }

  /** Whatever cut the file back, or removed it before this daemon opened it: it is told, and reading goes on at its end. */
  function skipCut(stream: Stream, pieces: Piece[]): void {
    const size = spool.size(stream)
    if (size >= read[stream]) return
    const sizes = `from ${read[stream]} bytes to ${size}`
    pieces.push({
      kind: 'notice',
      content: `\n[spoold: the spool of this task was cut ${sizes}; what was not read yet is lost.]\n`,
    })
    read[stream] = size
  }

  function keepTail(piece: Piece): void {
    if (piece.kind === 'stderr') tail = takeEnd(tail + piece.content, STDERR_TAIL_CHARS)
  }

  async function save(found: Piece[], bytes: number, force = false): Promise<void> {
    unsaved += bytes
    const pieces = coalesce(found)
    const { dialogue } = decoder
    const question = dialogue?.question() ?? null
    const isSame = (question?.id ?? null) === asked
    // What is to be said must be stored before it is.
    const isDue = !isSame || (dialogue !== undefined && dialogue.unwritten(run.task.message) !== null)
    if (pieces.length === 0 && !isDue && !force && unsaved < SAVE_EVERY_BYTES) return
    await commit({
      expectedIndex: nextIndex,
      pieces,
      offsets: { out: settled('out'), err: settled('err') },
      decoderState: decoder.state(),
      ...(isSame ? {} : { question }),
    })
    asked = question?.id ?? null
    nextIndex += pieces.length
    unsaved = 0
  }

  async function roundUpTo(sizes: Partial<Record<Stream, number>>): Promise<number> {
    const pieces: Piece[] = []
    let bytes = 0
    for (const stream of STREAMS) {
      skipCut(stream, pieces)
      bytes += await readInto(stream, pieces, sizes[stream])
    }
    if (bytes > 0 || pieces.length > 0) await save(pieces, bytes)
    return bytes
  }

  return {
    round: () => roundUpTo({}),

    note: (pieces) => save(pieces, 0, true),

    noteIfDue: () => save([], 0),

    async drain() {
      // A child that outlived the agent may hold the stream open and write for ever: the end is where it is now.
      const sizes = { out: spool.size('out'), err: spool.size('err') }
      while ((await roundUpTo(sizes)) > 0);
    },

    isOverLimit: () => spool.size('out') + spool.size('err') > outputLimit,

    unread,

    droppedBytes: () => (room() > 0 ? 0 : unread()),

    lastPieces() {
      const pieces = decoder.end()
      pieces.forEach(keepTail)
      return coalesce(pieces)
    },

    stderrTail: () => tail.trim(),

    decoderState: () => decoder.state(),
  }
}
