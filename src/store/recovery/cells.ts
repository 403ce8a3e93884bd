import type { PageFile } from './page-file.js'
import type { PageTypes } from './page-types.js'
import { readRecord, readVarint, type Value } from './record.js'

/** A row of a table: its rowid and the values of its record. */
export interface Row {
  key: number
  values: Value[]
}

const TABLE_LEAF = 13
const INDEX_LEAF = 10
const INDEX_INTERIOR = 2

export interface Cells {
  /** Every readable row, of any table. */
  rows(): Generator<Row>
  /** Every readable index entry: the indexed columns, then the rowid. */
  entries(): Generator<Value[]>
}

/** Reads the b-tree pages one by one, so that a damaged page loses only its own cells and not the tree below it. */
export function readCells(pages: PageFile, types: PageTypes): Cells {
  const { usableSize } = pages
  // As in "Cell Payload Overflow Pages" of SQLite's file format.
  const maxTableLocal = usableSize - 35
  const maxIndexLocal = Math.floor(((usableSize - 12) * 64) / 255) - 23
  const minLocal = Math.floor(((usableSize - 12) * 32) / 255) - 23

  /** The whole payload of a cell, with its overflow chain; undefined if a part of it cannot be read. */
  function payload(page: Buffer, number: number, start: number, size: number, maxLocal: number) {
    if (size < 0 || size > pages.bytes + usableSize) return undefined
    const spill = minLocal + ((size - minLocal) % (usableSize - 4))
    const local = size <= maxLocal ? size : spill <= maxLocal ? spill : minLocal
    if (start + local > usableSize) return undefined
    const parts = [page.subarray(start, start + local)]
    if (local === size) return parts[0]
    if (start + local + 4 > usableSize) return undefined
    let next = page.readUInt32BE(start + local)
    let owner = number
    for (let left = size - local; left > 0; ) {
      const overflow = pages.page(next)
      if (overflow === undefined || !types.isOverflowOf(next, owner, owner === number)) return undefined
      const part = overflow.subarray(4, Math.min(usableSize, 4 + left))
      parts.push(part)
      left -= part.length
      owner = next
      next = overflow.readUInt32BE(0)
    }
    return next === 0 ? Buffer.concat(parts) : undefined
  }

  function* cellOffsets(page: Buffer, number: number, headerBytes: number): Generator<number> {
    const header = number === 1 ? 100 : 0
    const count = page.readUInt16BE(header + 3)
    for (let cell = 0; cell < count; cell += 1) {
      const pointer = header + headerBytes + 2 * cell
      if (pointer + 2 > usableSize) return
      yield page.readUInt16BE(pointer)
    }
  }

  function* pagesOfType(wanted: number[]): Generator<{ page: Buffer; number: number; type: number }> {
    for (let number = 1; number <= pages.pageCount; number += 1) {
      const page = pages.page(number)
      const type = page?.[number === 1 ? 100 : 0]
      if (page === undefined || type === undefined || !wanted.includes(type)) continue
      if (!types.isFree(number)) yield { page, number, type }
    }
  }

  return {
    *rows() {
      for (const { page, number } of pagesOfType([TABLE_LEAF])) {
        for (const start of cellOffsets(page, number, 8)) {
          const size = readVarint(page, start)
          const key = size && readVarint(page, size.end)
          if (size === undefined || key === undefined) continue
          const content = payload(page, number, key.end, size.value, maxTableLocal)
          const values = content && readRecord(content)
          if (values !== undefined) yield { key: key.value, values }
        }
      }
    },

    *entries() {
      for (const { page, number, type } of pagesOfType([INDEX_LEAF, INDEX_INTERIOR])) {
        const isLeaf = type === INDEX_LEAF
        for (const start of cellOffsets(page, number, isLeaf ? 8 : 12)) {
          const size = readVarint(page, isLeaf ? start : start + 4)
          const content = size && payload(page, number, size.end, size.value, maxIndexLocal)
          const values = content && readRecord(content)
          if (values !== undefined) yield values
        }
      }
    },
  }
}
