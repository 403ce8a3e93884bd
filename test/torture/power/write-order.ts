/** What a process did to files, in order; paths are relative to its directory. */
export type Operation =
  | { does: 'write'; path: string; offset: number; bytes: Buffer }
  | { does: 'truncate'; path: string; size: number }
  | { does: 'sync'; path: string }
  | { does: 'remove'; path: string }

/** Reads what write-log.c has written. */
export function readWriteLog(log: Buffer): Operation[] {
  const operations: Operation[] = []
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(0x0a, at)
    const [kind, path = '', first, second] = log.toString('utf8', at, end).split(' ')
    at = end + 1
    if (kind === 'W') {
      const length = Number(second)
      operations.push({ does: 'write', path, offset: Number(first), bytes: log.subarray(at, at + length) })
      at += length + 1
    } else if (kind === 'T') operations.push({ does: 'truncate', path, size: Number(first) })
    else operations.push({ does: kind === 'S' ? 'sync' : 'remove', path })
  }
  return operations
}

/** Disks write whole sectors; more than one of a write may be torn. */
const SECTOR_BYTES = 4096
/** The directory of the files, as write-log.c calls it. */
const DIRECTORY = '.'

/** Files as they are on a disk, and what has not come to it yet. */
export class Disk {
  readonly #synced = new Map<string, Buffer>()
  readonly #unsynced = new Map<string, Operation[]>()
  /** Files whose names are on the disk, because they or their directory were synced. */
  readonly #named = new Set<string>()
  /** Removed, which the disk does not know before the directory is synced. */
  readonly #removed = new Set<string>()

  apply(operation: Operation): void {
    const { path } = operation
    if (operation.does === 'remove') {
      this.#removed.add(path)
      return
    }
    if (operation.does !== 'sync') {
      // Made anew, under the same name.
      if (this.#removed.has(path)) this.#forget(path)
      const waiting = this.#unsynced.get(path)
      if (waiting === undefined) this.#unsynced.set(path, [operation])
      else waiting.push(operation)
      return
    }
    if (path === DIRECTORY) {
      for (const gone of this.#removed) this.#forget(gone)
      for (const there of this.#unsynced.keys()) this.#named.add(there)
      return
    }
    this.#named.add(path)
    this.#synced.set(path, this.#with(path, this.#unsynced.get(path) ?? []))
    this.#unsynced.delete(path)
  }

  /**
   * The files after a power cut: all that was synced, and of the rest any sectors in any order. A file whose name was never synced may be
   * missing.
   */
  afterPowerCut(random: () => number): Map<string, Buffer> {
    const left = new Map<string, Buffer>()
    for (const path of new Set([...this.#synced.keys(), ...this.#unsynced.keys()])) {
      if (!this.#named.has(path) && random() < 0.3) continue
      if (this.#removed.has(path) && random() < 0.5) continue
      // From nothing over anything to all of it.
      const share = [0, random(), 1][Math.floor(random() * 3)] as number
      const survived = (this.#unsynced.get(path) ?? []).flatMap((operation) =>
        sectorsOf(operation, random, share),
      )
      left.set(path, this.#with(path, survived))
    }
    return left
  }

  #forget(path: string): void {
    this.#removed.delete(path)
    this.#named.delete(path)
    this.#synced.delete(path)
    this.#unsynced.delete(path)
  }

  #with(path: string, operations: Operation[]): Buffer {
    const before = this.#synced.get(path) ?? Buffer.alloc(0)
    const end = (size: number, operation: Operation) =>
      operation.does === 'write' ? Math.max(size, operation.offset + operation.bytes.length) : size
    const room = Buffer.alloc(operations.reduce(end, before.length))
    before.copy(room)
    let size = before.length
    for (const operation of operations) {
      if (operation.does === 'write') {
        operation.bytes.copy(room, operation.offset)
        size = Math.max(size, operation.offset + operation.bytes.length)
      } else if (operation.does === 'truncate') {
        room.fill(0, operation.size)
        size = operation.size
      }
    }
    return room.subarray(0, size)
  }
}

function sectorsOf(operation: Operation, random: () => number, share: number): Operation[] {
  if (operation.does !== 'write') return random() < share ? [operation] : []
  const sectors: Operation[] = []
  for (let start = 0; start < operation.bytes.length; ) {
    const offset = operation.offset + start
    const end = Math.min(operation.bytes.length, start + SECTOR_BYTES - (offset % SECTOR_BYTES))
    if (random() < share) sectors.push({ ...operation, offset, bytes: operation.bytes.subarray(start, end) })
    start = end
  }
  return sectors
}
