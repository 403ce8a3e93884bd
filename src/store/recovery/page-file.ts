import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readWalFrames } from './wal-frames.js'

/** The page size of spoold's databases, for a damaged header. */
const DEFAULT_PAGE_SIZE = 8192
const MAGIC = 'SQLite format 3\0'

/** The pages of a SQLite database as of its last commit, read without SQLite. */
export interface PageFile {
  /** Bytes of a page that hold content. */
  usableSize: number
  /** Number of the last page; the first is 1. */
  pageCount: number
  /** Whether the file has pointer map pages (auto_vacuum). */
  hasPointerMap: boolean
  /** First trunk page of the freelist; 0 for none. */
  firstFreelistTrunk: number
  /** Size of the file. */
  bytes: number
  /** PRAGMA user_version; undefined for a damaged header. */
  userVersion: number | undefined
  /** Undefined for an invalid number, and for a page beyond the end of the file. */
  page(number: number): Buffer | undefined
  close(): void
}

/**
 * Opens a database, even one that SQLite cannot open (https://sqlite.org/fileformat2.html), with its write-ahead log, for
 * reading only. A damaged header is replaced by the one that spoold writes. Throws file system errors.
 */
export function openPageFile(path: string): PageFile {
  const file = openSync(path, 'r')
  const header = Buffer.alloc(100)
  readSync(file, header, 0, header.length, 0)
  const isHeaderValid = header.toString('latin1', 0, 16) === MAGIC
  const pageSize = (isHeaderValid && pageSizeIn(header)) || DEFAULT_PAGE_SIZE
  const bytes = fstatSync(file).size
  const walPath = `${path}-wal`
  const wal = readWalFrames(walPath, pageSize)
  const walFile = wal.offsets.size > 0 ? openSync(walPath, 'r') : undefined
  const pageCount = wal.pageCount ?? Math.ceil(bytes / pageSize)

  return {
    usableSize: pageSize - (isHeaderValid ? (header[20] ?? 0) : 0),
    pageCount,
    hasPointerMap: !isHeaderValid || header.readUInt32BE(52) !== 0,
    firstFreelistTrunk: isHeaderValid ? header.readUInt32BE(32) : 0,
    bytes,
    userVersion: isHeaderValid ? header.readUInt32BE(60) : undefined,
    page(number) {
      if (number < 1 || number > pageCount) return undefined
      const inWal = wal.offsets.get(number)
      const page = Buffer.alloc(pageSize)
      const found =
        inWal === undefined || walFile === undefined
          ? readSync(file, page, 0, pageSize, (number - 1) * pageSize)
          : readSync(walFile, page, 0, pageSize, inWal)
      return found === pageSize ? page : undefined
    },
    close() {
      closeSync(file)
      if (walFile !== undefined) closeSync(walFile)
    },
  }
}

/** Undefined for an invalid size. */
function pageSizeIn(header: Buffer): number | undefined {
  const stored = header.readUInt16BE(16)
  const size = stored === 1 ? 65_536 : stored
  return size >= 512 && (size & (size - 1)) === 0 ? size : undefined
}
