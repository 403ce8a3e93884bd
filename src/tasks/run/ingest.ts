import { type Decoder, STREAMS, type Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import type { Json } from '../../domain/json.js'
import type { SpoolReader } from '../../domain/processes.js'
import type { Question } from '../../domain/question.js'
import type { Run } from '../../domain/store.js'
import { truncateStart } from '../../domain/text.js'
import { coalesce } from './coalesce.js'

/** Bytes read from one stream at a time: limits the memory of a task, whatever it writes. */
const READ_BYTES = 256 * 1024
/** Offsets that advanced this far without a chunk are committed anyway, so that a restart reads little again. */
const COMMIT_EVERY_BYTES = 1024 * 1024
const STDERR_TAIL_LENGTH = 2_000

export interface IngestOptions {
  run: Run
  spool: SpoolReader
  decoder: Decoder
  /** How much output of both streams together is kept, in bytes. */
  outputLimit: number
  /** Commits chunks, offsets and decoder state together; retries until they are stored. */
  commit(batch: IngestBatch): Promise<void>
}

export interface IngestBatch {
  expectedIndex: number
  pieces: Piece[]
  offsets: Record<Stream, number>
  decoderState: Json
  /** The open question, null for none; undefined if that did not change. */
  question?: Question | null | undefined
}

/** Reads a task's spool from the stored offsets, decodes it, and commits the chunks. */
export interface Ingest {
  /** Reads a bounded amount of both streams. Resolves with the number of bytes read. */
  readNext(): Promise<number>
  /** Reads until both streams reach the size that they have now, or the output limit. */
  drain(): Promise<void>
  /** Commits pieces and the state of the dialogue, without reading. */
  commitPieces(pieces: Piece[]): Promise<void>
  /** Commits the state of the dialogue if it has to be stored, without reading. */
  commitIfDue(): Promise<void>
  /** Bytes in the spool that were not read yet. */
  unreadBytes(): number
  /** Whether the process wrote more than is kept. */
  isOverLimit(): boolean
  /** Bytes of the spool that are not kept. */
  droppedBytes(): number
  /** Ends the decoder. Returns the last pieces, which are not committed. */
  end(): Piece[]
  /** The end of standard error, cleaned. */
  stderrTail(): string
  decoderState(): Json
}

export function createIngest({ run, spool, decoder, outputLimit, commit }: IngestOptions): Ingest {
  const read: Record<Stream, number> = { ...run.offsets }
  let nextIndex = run.task.chunkCount
  let uncommittedBytes = 0
  let stderrTail = ''
  let storedQuestionId = run.task.status === 'input_required' ? run.task.question.id : null

  /** The offset up to which the decoder needs no byte again. A truncated file can be shorter than its unsettled bytes. */
  function settledOffset(stream: Stream): number {
    return Math.max(0, read[stream] - decoder.unsettled(stream))
  }

  function bytesToLimit(): number {
    return outputLimit - read.out - read.err
  }

  function unreadBytes(): number {
    return Math.max(0, spool.size('out') + spool.size('err') - read.out - read.err)
  }

  async function readRound(sizes: Partial<Record<Stream, number>>): Promise<number> {
    const pieces: Piece[] = []
    let bytes = 0
    for (const stream of STREAMS) {
      skipTruncated(stream, pieces)
      bytes += await readStream(stream, pieces, sizes[stream])
    }
    if (bytes > 0 || pieces.length > 0) await commitRead(pieces, bytes)
    return bytes
  }

  /** If something truncated or removed the file, reading continues at its end, and a notice reports the loss. */
  function skipTruncated(stream: Stream, pieces: Piece[]): void {
    const size = spool.size(stream)
    if (size >= read[stream]) return
    const sizes = `from ${read[stream]} bytes to ${size}`
    pieces.push({
      kind: 'notice',
      content: `\n[spoold: the spool of this task was truncated ${sizes}; output that was not read yet is lost.]\n`,
    })
    read[stream] = size
  }

  async function readStream(
    stream: Stream,
    pieces: Piece[],
    upTo = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    const length = Math.min(READ_BYTES, bytesToLimit(), upTo - read[stream])
    if (length <= 0) return 0
    const bytes = await spool.read(stream, read[stream], length)
    if (bytes.length === 0) return 0
    read[stream] += bytes.length
    for (const piece of decoder.decode(stream, bytes)) {
      pieces.push(piece)
      keepStderr(piece)
    }
    return bytes.length
  }

  function keepStderr(piece: Piece): void {
    if (piece.kind === 'stderr') stderrTail = truncateStart(stderrTail + piece.content, STDERR_TAIL_LENGTH)
  }

  async function commitRead(decoded: Piece[], bytes: number, isForced = false): Promise<void> {
    uncommittedBytes += bytes
    const pieces = coalesce(decoded)
    const { dialogue } = decoder
    const question = dialogue?.question() ?? null
    const isSameQuestion = (question?.id ?? null) === storedQuestionId
    // An outgoing message is stored before it is sent.
    const isDue = !isSameQuestion || (dialogue !== undefined && dialogue.unwritten(run.task.message) !== null)
    if (pieces.length === 0 && !isDue && !isForced && uncommittedBytes < COMMIT_EVERY_BYTES) return
    await commit({
      expectedIndex: nextIndex,
      pieces,
      offsets: { out: settledOffset('out'), err: settledOffset('err') },
      decoderState: decoder.state(),
      ...(isSameQuestion ? {} : { question }),
    })
    storedQuestionId = question?.id ?? null
    nextIndex += pieces.length
    uncommittedBytes = 0
  }

  return {
    readNext: () => readRound({}),

    async drain() {
      // A child that is still running after the agent can keep a stream open and write for ever, so only the present output counts.
      const sizes = { out: spool.size('out'), err: spool.size('err') }
      while ((await readRound(sizes)) > 0);
    },

    commitPieces: (pieces) => commitRead(pieces, 0, true),

    commitIfDue: () => commitRead([], 0),

    unreadBytes,

    isOverLimit: () => spool.size('out') + spool.size('err') > outputLimit,

    droppedBytes: () => (bytesToLimit() > 0 ? 0 : unreadBytes()),

    end() {
      const pieces = decoder.end()
      pieces.forEach(keepStderr)
      return coalesce(pieces)
    },

    stderrTail: () => stderrTail.trim(),

    decoderState: () => decoder.state(),
  }
}
