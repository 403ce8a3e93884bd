/** A change of a file's bytes. */
export type Change = { does: 'write'; offset: number; bytes: Buffer } | { does: 'truncate'; size: number }

/** The bytes of a file, which grow in place. */
export class FileBytes {
  #room: Buffer
  #size: number

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#room = bytes
    this.#size = bytes.length
  }

  apply(change: Change): void {
    if (change.does === 'truncate') {
      this.#reserve(change.size)
      // What comes after it later lies behind a hole.
      this.#room.fill(0, change.size)
      this.#size = change.size
      return
    }
    const end = change.offset + change.bytes.length
    this.#reserve(end)
    change.bytes.copy(this.#room, change.offset)
    this.#size = Math.max(this.#size, end)
  }

  /** A copy. */
  bytes(): Buffer {
    return Buffer.from(this.#room.subarray(0, this.#size))
  }

  #reserve(size: number): void {
    if (size <= this.#room.length) return
    const room = Buffer.alloc(Math.max(size, 2 * this.#room.length))
    this.#room.copy(room)
    this.#room = room
  }
}

/** The bytes that a file has after some changes; it is left as it is. */
export function changedBytes(file: FileBytes, changes: Change[]): Buffer {
  const changed = new FileBytes(file.bytes())
  for (const change of changes) changed.apply(change)
  return changed.bytes()
}

/** The parts of a change that a disk may have done without the others. */
export function sectorsOf(change: Change, sectorBytes: number): Change[] {
  if (change.does === 'truncate') return [change]
  const sectors: Change[] = []
  for (let start = 0; start < change.bytes.length; ) {
    const offset = change.offset + start
    const end = Math.min(change.bytes.length, start + sectorBytes - (offset % sectorBytes))
    sectors.push({ does: 'write', offset, bytes: change.bytes.subarray(start, end) })
    start = end
  }
  return sectors
}
