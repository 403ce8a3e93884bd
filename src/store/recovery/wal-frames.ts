import { closeSync, openSync, readSync } from 'node:fs'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The lowest bit is the byte order of the checksums: set for big-endian. */
const MAGIC = 0x377f0682

/** The committed pages in a write-ahead log. */
export interface WalFrames {
  /** Offset of the newest committed version of each page, by page number. */
  offsets: Map<number, number>
  /** Number of pages after the last commit; undefined if the log has no commit. */
  pageCount: number | undefined
}

/**
 * Finds the pages in a log (https://sqlite.org/fileformat2.html#the_write_ahead_log). SQLite stops at the first damaged
 * frame. Here each frame is checked on its own, against the checksum stored with the previous one, so frames after a
 * damaged one are still found. Frames with other salts are from before the last reset and are ignored. A missing log has
 * no pages.
 */
export function readWalFrames(path: string, pageSize: number): WalFrames {
  const none: WalFrames = { offsets: new Map(), pageCount: undefined }
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return none
  }
  try {
    return readFrames(file, pageSize) ?? none
  } finally {
    closeSync(file)
  }
}

function readFrames(file: number, pageSize: number): WalFrames | undefined {
  const header = Buffer.alloc(HEADER_BYTES)
  if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined
  const magic = header.readUInt32BE(0)
  const isBigEndian = magic === MAGIC + 1
  const stored: Sum = [header.readUInt32BE(24), header.readUInt32BE(28)]
  // Zeros have the checksum of zeros: neither here nor below that makes them sound.
  const isHeaderSound =
    (magic === MAGIC || isBigEndian) && isSame(addTo([0, 0], header.subarray(0, 24), isBigEndian), stored)
  // Where the header is damaged, the first sound frame tells which round it is.
  let salts = isHeaderSound ? header.subarray(16, 24) : undefined
  let before = stored
  const committed: WalFrames = { offsets: new Map(), pageCount: undefined }
  let waiting = new Map<number, number>()
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize)
  for (let start = HEADER_BYTES; readSync(file, frame, 0, frame.length, start) === frame.length; ) {
    const page = frame.subarray(FRAME_HEADER_BYTES)
    const stored: Sum = [frame.readUInt32BE(16), frame.readUInt32BE(20)]
    const sum = addTo(addTo(before, frame.subarray(0, 8), isBigEndian), page, isBigEndian)
    const isSound = frame.readUInt32BE(0) > 0 && isSame(sum, stored)
    if (isSound) salts ??= Buffer.from(frame.subarray(8, 16))
    if (isSound && salts?.equals(frame.subarray(8, 16))) {
      waiting.set(frame.readUInt32BE(0), start + FRAME_HEADER_BYTES)
      const pagesAfterCommit = frame.readUInt32BE(4)
      if (pagesAfterCommit > 0) {
        for (const [number, offset] of waiting) committed.offsets.set(number, offset)
        committed.pageCount = pagesAfterCommit
        waiting = new Map()
      }
    }
    before = stored
    start += frame.length
  }
  return committed
}

type Sum = [number, number]

function isSame(one: Sum, other: Sum): boolean {
  return one[0] === other[0] && one[1] === other[1]
}

function addTo([first, second]: Sum, bytes: Buffer, isBigEndian: boolean): Sum {
  let [a, b] = [first, second]
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0
    b = (b + (isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0
  }
  return [a, b]
}
