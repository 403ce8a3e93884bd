import type Database from 'better-sqlite3'
import type { Chunk, ChunkKind, Piece } from '../domain/chunk.js'

/** Sizes that an insert adds to its task's head. */
export interface Added {
  count: number
  bytes: number
  textBytes: number
  /** Whether something of it came from the agent, not from spoold. */
  hasOutput: boolean
}

interface ChunkRow {
  idx: number
  kind: ChunkKind
  content: string
  at: number
  is_final: number
}

/** Rows of one INSERT: one statement of many rows costs much less than as many statements. Largest first. */
const ROWS_AT_ONCE = [64, 8, 1]

/**
 * The two hot paths, append and read from an index: statements prepared once, straight on better-sqlite3, because a
 * query builder costs several times as much here (docs/internals/performance.md).
 */
export function chunkQueries(sqlite: Database.Database) {
  const inserts = ROWS_AT_ONCE.map((rows) => ({
    rows,
    statement: sqlite.prepare<[(number | string)[]]>(
      `INSERT INTO chunks (task_key, idx, kind, content, at, is_final) VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?)').join(', ')}`,
    ),
  }))
  const fromIndex = sqlite.prepare<[number, number], ChunkRow>(
    'SELECT idx, kind, content, at, is_final FROM chunks WHERE task_key = ? AND idx >= ? ORDER BY idx',
  )
  const texts = sqlite
    .prepare<[number], string>("SELECT content FROM chunks WHERE task_key = ? AND kind = 'text' ORDER BY idx")
    .pluck()

  return {
    insert(taskKey: number, firstIndex: number, pieces: Piece[], at: number, lastIsFinal: boolean): Added {
      const added: Added = { count: pieces.length, bytes: 0, textBytes: 0, hasOutput: false }
      const finalPiece = lastIsFinal ? pieces.at(-1) : undefined
      let place = 0
      for (const { rows, statement } of inserts) {
        for (; pieces.length - place >= rows; place += rows) {
          const values: (number | string)[] = []
          pieces.slice(place, place + rows).forEach((piece, offset) => {
            const index = firstIndex + place + offset
            values.push(taskKey, index, piece.kind, piece.content, at, piece === finalPiece ? 1 : 0)
            count(piece, added, piece === finalPiece)
          })
          statement.run(values)
        }
      }
      return added
    },

    /** Chunks from an index; stops before their contents exceed `maxBytes`, but gives one at least. */
    read(taskKey: number, from: number, maxBytes: number): Chunk[] {
      const found: Chunk[] = []
      let bytes = 0
      for (const row of fromIndex.iterate(taskKey, from)) {
        bytes += Buffer.byteLength(row.content)
        if (found.length > 0 && bytes > maxBytes) break
        found.push({
          index: row.idx,
          kind: row.kind,
          content: row.content,
          at: row.at,
          isFinal: row.is_final === 1,
        })
      }
      return found
    },

    /** The text chunks joined, at most `maxBytes` of UTF-8, cut at a character. */
    text(taskKey: number, maxBytes: number): string {
      const parts: string[] = []
      let room = maxBytes
      for (const content of texts.iterate(taskKey)) {
        const bytes = Buffer.byteLength(content)
        if (bytes > room) {
          parts.push(cutAtCharacter(content, room))
          break
        }
        parts.push(content)
        room -= bytes
      }
      return parts.join('')
    },
  }
}

function count(piece: Piece, added: Added, isFinal: boolean): void {
  const bytes = Buffer.byteLength(piece.content)
  added.bytes += bytes
  if (piece.kind === 'text') added.textBytes += bytes
  if (piece.kind !== 'notice' && !isFinal) added.hasOutput = true
}

function cutAtCharacter(content: string, maxBytes: number): string {
  const bytes = Buffer.from(content)
  let end = Math.min(maxBytes, bytes.length)
  // A byte 10xxxxxx goes on with the character before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

export type ChunkQueries = ReturnType<typeof chunkQueries>
