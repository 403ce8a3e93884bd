/** A change to the bytes of a file. */
export type Change = { kind: 'write'; offset: number; bytes: Buffer } | { kind: 'truncate'; size: number }

/** The bytes of a file, in a buffer that grows. */
export class FileBytes {
  #room: Buffer
  #size: number

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#room = bytes
    this.#size = bytes.length
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') {
      this.#reserve(change.size)
      // A later write beyond the end leaves a hole of zeros.
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

/** The bytes of the file with the changes applied; the file itself does not change. */
export function changedBytes(file: FileBytes, changes: Change[]): Buffer {
  const changed = new FileBytes(file.bytes())
  for (const change of changes) changed.apply(change)
  return changed.bytes()
}

/** Splits a change into the sectors that a disk writes independently. */
export function sectorsOf(change: Change, sectorBytes: number): Change[] {
  if (change.kind === 'truncate') return [change]
  const sectors: Change[] = []
  for (let start = 0; start < change.bytes.length; ) {
    const offset = change.offset + start
    const end = Math.min(change.bytes.length, start + sectorBytes - (offset % sectorBytes))
    sectors.push({ kind: 'write', offset, bytes: change.bytes.subarray(start, end) })
    start = end
  }
  return sectors
}
