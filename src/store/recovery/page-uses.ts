import type { PageFile } from './page-file.js'

/** What a page is for, by the pointer map of the database; see "Pointer Map or Ptrmap Pages" of SQLite's file format. */
export interface PageUses {
  /** Free pages hold what was deleted. */
  isFree(number: number): boolean
  /** Whether the page goes on with content of `owner`; true where nothing tells. */
  isOverflowOf(number: number, owner: number, isFirst: boolean): boolean
}

const FREE = 2
const FIRST_OVERFLOW = 3
const LATER_OVERFLOW = 4
const KNOWN_USES = [1, FREE, FIRST_OVERFLOW, LATER_OVERFLOW, 5]
const ENTRY_BYTES = 5

export function readPageUses(pages: PageFile): PageUses {
  const listed = listedAsFree(pages)
  const pagesPerMap = Math.floor(pages.usableSize / ENTRY_BYTES) + 1
  let latest: { number: number; page: Buffer | undefined } | undefined

  /** Undefined where the map does not tell. */
  function entryOf(number: number): { use: number; parent: number } | undefined {
    if (!pages.hasPointerMap || number <= 2) return undefined
    const map = number - ((number - 2) % pagesPerMap)
    if (latest?.number !== map) latest = { number: map, page: pages.page(map) }
    const at = (number - map - 1) * ENTRY_BYTES
    const use = latest.page?.[at]
    if (latest.page === undefined || use === undefined || !KNOWN_USES.includes(use)) return undefined
    return { use, parent: latest.page.readUInt32BE(at + 1) }
  }

  return {
    isFree(number) {
      const entry = entryOf(number)
      return entry === undefined ? listed.has(number) : entry.use === FREE
    },
    isOverflowOf(number, owner, isFirst) {
      const entry = entryOf(number)
      if (entry === undefined) return true
      return entry.use === (isFirst ? FIRST_OVERFLOW : LATER_OVERFLOW) && entry.parent === owner
    },
  }
}

function listedAsFree(pages: PageFile): Set<number> {
  const free = new Set<number>()
  for (let trunk = pages.firstFreeList; trunk !== 0 && !free.has(trunk); ) {
    const page = pages.page(trunk)
    const count = page?.readUInt32BE(4) ?? 0
    if (page === undefined || count > pages.usableSize / 4 - 2) break
    free.add(trunk)
    for (let leaf = 0; leaf < count; leaf += 1) free.add(page.readUInt32BE(8 + 4 * leaf))
    trunk = page.readUInt32BE(0)
  }
  return free
}
