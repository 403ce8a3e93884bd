import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readWalFrames } from './wal-frames.js'

/** What spoold gives its databases, where the header cannot tell any more. */
const DEFAULT_PAGE_SIZE = 8192
const MAGIC = 'SQLite format 3\0'

/** The pages of a SQLite database as the last commit left them, read without SQLite. */
export interface PageFile {
  /** Bytes of a page that hold content. */
  usableSize: number
  /** Pages are numbered from 1 to this. */
  pageCount: number
  /** Whether pages of the file tell what each page is for (auto_vacuum). */
  hasPointerMap: boolean
  /** First page of the list of free ones; 0 for none. */
  firstFreeList: number
  /** Bytes of the file itself. */
  bytes: number
  /** PRAGMA user_version, where the header can tell. */
  userVersion: number | undefined
  /** Undefined for a number that is none, and for a page that is not there any more. */
  page(number: number): Buffer | undefined
  close(): void
}

/**
 * Opens a database that SQLite may refuse (https://sqlite.org/fileformat2.html), with its write-ahead log, and changes
 * neither. A header that is damaged is taken for the one that spoold writes. Throws the errors of the file system.
 */
export function openPageFile(path: string): PageFile {
  const file = openSync(path, 'r')
  const header = Buffer.alloc(100)
  readSync(file, header, 0, header.length, 0)
  const isHeaderSound = header.toString('latin1', 0, 16) === MAGIC
  const pageSize = (isHeaderSound && pageSizeIn(header)) || DEFAULT_PAGE_SIZE
  const bytes = fstatSync(file).size
  const walPath = `${path}-wal`
  const wal = readWalFrames(walPath, pageSize)
  const walFile = wal.offsets.size > 0 ? openSync(walPath, 'r') : undefined
  const pageCount = wal.pageCount ?? Math.ceil(bytes / pageSize)

  return {
    usableSize: pageSize - (isHeaderSound ? (header[20] ?? 0) : 0),
    pageCount,
    hasPointerMap: !isHeaderSound || header.readUInt32BE(52) !== 0,
    firstFreeList: isHeaderSound ? header.readUInt32BE(32) : 0,
    bytes,
    userVersion: isHeaderSound ? header.readUInt32BE(60) : undefined,
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

/** Undefined where it is none that SQLite knows. */
function pageSizeIn(header: Buffer): number | undefined {
  const stored = header.readUInt16BE(16)
  const size = stored === 1 ? 65_536 : stored
  return size >= 512 && (size & (size - 1)) === 0 ? size : undefined
}
