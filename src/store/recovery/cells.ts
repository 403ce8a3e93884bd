import type { PageFile } from './page-file.js'
import type { PageUses } from './page-uses.js'
import { readRecord, readVarint, type Value } from './record.js'

/** A row of a table: its rowid and what is stored of it. */
export interface Row {
  key: number
  values: Value[]
}

const TABLE_LEAF = 13
const INDEX_LEAF = 10
const INDEX_INTERIOR = 2

export interface Cells {
  /** Every row that can be read, of whatever table. */
  rows(): Generator<Row>
  /** The same of the indexes: indexed columns, then the rowid. */
  entries(): Generator<Value[]>
}

/** Reads the b-tree pages one by one: a damaged page costs what is on it, not what the tree has below it. */
export function readCells(pages: PageFile, uses: PageUses): Cells {
  const { usableSize } = pages
  const most = usableSize - 35
  const mostInIndex = Math.floor(((usableSize - 12) * 64) / 255) - 23
  const least = Math.floor(((usableSize - 12) * 32) / 255) - 23

  /** The whole content of a cell; undefined where a part of it cannot be had. */
  function payload(page: Buffer, number: number, start: number, size: number, limit: number) {
    if (size < 0 || size > pages.bytes + usableSize) return undefined
    const spill = least + ((size - least) % (usableSize - 4))
    const local = size <= limit ? size : spill <= limit ? spill : least
    if (start + local > usableSize) return undefined
    const parts = [page.subarray(start, start + local)]
    if (local === size) return parts[0]
    if (start + local + 4 > usableSize) return undefined
    let next = page.readUInt32BE(start + local)
    let owner = number
    for (let left = size - local; left > 0; ) {
      const overflow = pages.page(next)
      if (overflow === undefined || !uses.isOverflowOf(next, owner, owner === number)) return undefined
      const part = overflow.subarray(4, Math.min(usableSize, 4 + left))
      parts.push(part)
      left -= part.length
      owner = next
      next = overflow.readUInt32BE(0)
    }
    return next === 0 ? Buffer.concat(parts) : undefined
  }

  function* starts(page: Buffer, number: number, headerBytes: number): Generator<number> {
    const header = number === 1 ? 100 : 0
    const count = page.readUInt16BE(header + 3)
    for (let cell = 0; cell < count; cell += 1) {
      const pointer = header + headerBytes + 2 * cell
      if (pointer + 2 > usableSize) return
      yield page.readUInt16BE(pointer)
    }
  }

  function* pagesOf(types: number[]): Generator<{ page: Buffer; number: number; type: number }> {
    for (let number = 1; number <= pages.pageCount; number += 1) {
      const page = pages.page(number)
      const type = page?.[number === 1 ? 100 : 0]
      if (page === undefined || type === undefined || !types.includes(type)) continue
      if (!uses.isFree(number)) yield { page, number, type }
    }
  }

  return {
    *rows() {
      for (const { page, number } of pagesOf([TABLE_LEAF])) {
        for (const start of starts(page, number, 8)) {
          const size = readVarint(page, start)
          const key = size && readVarint(page, size.end)
          if (size === undefined || key === undefined) continue
          const content = payload(page, number, key.end, size.value, most)
          const values = content && readRecord(content)
          if (values !== undefined) yield { key: key.value, values }
        }
      }
    },

    *entries() {
      for (const { page, number, type } of pagesOf([INDEX_LEAF, INDEX_INTERIOR])) {
        const isLeaf = type === INDEX_LEAF
        for (const start of starts(page, number, isLeaf ? 8 : 12)) {
          const size = readVarint(page, isLeaf ? start : start + 4)
          const content = size && payload(page, number, size.end, size.value, mostInIndex)
          const values = content && readRecord(content)
          if (values !== undefined) yield values
        }
      }
    },
  }
}
