/**
 * A chunk is an immutable, numbered piece of a task's output: index 0, 1, 2, … without gaps.
 *
 * Kinds: `text` is the answer, `thought` and `tool` are what an agent does on the way, `notice` comes from spoold,
 * `stderr` is the diagnostics of the process, `error` is why it failed.
 */
export const CHUNK_KINDS = ['text', 'thought', 'tool', 'notice', 'stderr', 'error'] as const
export type ChunkKind = (typeof CHUNK_KINDS)[number]

/**
 * Most bytes of UTF-8 in a chunk: four such rows fill a database page of 8 KiB. Databases of earlier versions hold chunks of
 * up to 16 KiB.
 */
export const MAX_CHUNK_BYTES = 1_984

/** A piece that a decoder found in the spool, before it has an index. */
export interface Piece {
  kind: ChunkKind
  content: string
}

export interface Chunk extends Piece {
  index: number
  /** Commit time, ms since 1970; never decreases from chunk to chunk. */
  at: number
  /** True only for the last chunk of an ended task. */
  isFinal: boolean
}
