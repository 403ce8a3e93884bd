import type { PageFile } from './page-file.js'

/** The types of pages by the pointer map; see "Pointer Map or Ptrmap Pages" of SQLite's file format. */
export interface PageTypes {
  /** Free pages contain deleted content. */
  isFree(number: number): boolean
  /** Whether the page continues the overflow chain of `owner`; true if the map does not say. */
  isOverflowOf(number: number, owner: number, isFirst: boolean): boolean
}

const FREE = 2
const FIRST_OVERFLOW = 3
const LATER_OVERFLOW = 4
const VALID_TYPES = [1, FREE, FIRST_OVERFLOW, LATER_OVERFLOW, 5]
const ENTRY_BYTES = 5

export function readPageTypes(pages: PageFile): PageTypes {
  const freelist = readFreelist(pages)
  const pagesPerMap = Math.floor(pages.usableSize / ENTRY_BYTES) + 1
  let lastMap: { number: number; page: Buffer | undefined } | undefined

  /** Undefined if the map has no valid entry. */
  function entryOf(number: number): { type: number; parent: number } | undefined {
    if (!pages.hasPointerMap || number <= 2) return undefined
    const map = number - ((number - 2) % pagesPerMap)
    if (lastMap?.number !== map) lastMap = { number: map, page: pages.page(map) }
    const at = (number - map - 1) * ENTRY_BYTES
    const type = lastMap.page?.[at]
    if (lastMap.page === undefined || type === undefined || !VALID_TYPES.includes(type)) return undefined
    return { type, parent: lastMap.page.readUInt32BE(at + 1) }
  }

  return {
    isFree(number) {
      const entry = entryOf(number)
      return entry === undefined ? freelist.has(number) : entry.type === FREE
    },
    isOverflowOf(number, owner, isFirst) {
      const entry = entryOf(number)
      if (entry === undefined) return true
      return entry.type === (isFirst ? FIRST_OVERFLOW : LATER_OVERFLOW) && entry.parent === owner
    },
  }
}

function readFreelist(pages: PageFile): Set<number> {
  const free = new Set<number>()
  for (let trunk = pages.firstFreelistTrunk; trunk !== 0 && !free.has(trunk); ) {
    const page = pages.page(trunk)
    const count = page?.readUInt32BE(4) ?? 0
    if (page === undefined || count > pages.usableSize / 4 - 2) break
    free.add(trunk)
    for (let leaf = 0; leaf < count; leaf += 1) free.add(page.readUInt32BE(8 + 4 * leaf))
    trunk = page.readUInt32BE(0)
  }
  return free
}
