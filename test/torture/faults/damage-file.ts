import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

export const PAGE = 8192
const SECTOR = 512
const MAX_UNITS = 8

export interface Damage {
  what: string
  /** Bytes that were changed one by one, anywhere; 0 where whole sectors, pages or ends were. */
  strayBytes: number
  /** Pages in whose place another sound one is. */
  strayPages: number
}

type Kind = (file: number, size: number, random: () => number) => Damage

/** What disks, file systems and people do to a file. */
const KINDS: Kind[] = [
  strayBytes,
  strayBytes,
  zeroedSectors,
  zeroedPages,
  noisyPages,
  misdirectedPage,
  cutEnd,
  firstPage,
]

/** Damages a file in place, in a way that `random` decides. */
export function damageFile(path: string, random: () => number): Damage {
  const file = openSync(path, 'r+')
  try {
    const kind = KINDS[Math.floor(random() * KINDS.length)] ?? strayBytes
    return kind(file, fstatSync(file).size, random)
  } finally {
    closeSync(file)
  }
}

function strayBytes(file: number, size: number, random: () => number): Damage {
  const count = 1 + Math.floor(random() * 20)
  for (let n = 0; n < count; n += 1) {
    writeSync(file, Buffer.from([random() * 256]), 0, 1, Math.floor(random() * size))
  }
  return { what: `${count} bytes`, strayBytes: count, strayPages: 0 }
}

function zeroedSectors(file: number, size: number, random: () => number): Damage {
  return overwrite(file, size, random, SECTOR, 'zeroed sectors', () => Buffer.alloc(SECTOR))
}

function zeroedPages(file: number, size: number, random: () => number): Damage {
  return overwrite(file, size, random, PAGE, 'zeroed pages', () => Buffer.alloc(PAGE))
}

function noisyPages(file: number, size: number, random: () => number): Damage {
  return overwrite(file, size, random, PAGE, 'noise in pages', () => noise(random))
}

/** A write that went to another place: a sound page where another one was. */
function misdirectedPage(file: number, size: number, random: () => number): Damage {
  const page = Buffer.alloc(PAGE)
  readSync(file, page, 0, PAGE, unit(size, PAGE, random))
  const damage = overwrite(file, size, random, PAGE, 'a page in the place of others', () => page)
  return { ...damage, strayPages: MAX_UNITS }
}

function cutEnd(file: number, size: number, random: () => number): Damage {
  ftruncateSync(file, Math.floor(size * random()))
  return { what: 'cut', strayBytes: 0, strayPages: 0 }
}

function firstPage(file: number, _size: number, random: () => number): Damage {
  writeSync(file, random() < 0.5 ? noise(random) : Buffer.alloc(PAGE), 0, PAGE, 0)
  return { what: 'first page', strayBytes: 0, strayPages: 0 }
}

function overwrite(
  file: number,
  size: number,
  random: () => number,
  bytes: number,
  what: string,
  content: () => Buffer,
): Damage {
  const count = 1 + Math.floor(random() * MAX_UNITS)
  for (let n = 0; n < count; n += 1) writeSync(file, content(), 0, bytes, unit(size, bytes, random))
  return { what: `${count} ${what}`, strayBytes: 0, strayPages: 0 }
}

function unit(size: number, bytes: number, random: () => number): number {
  return Math.floor((random() * size) / bytes) * bytes
}

function noise(random: () => number): Buffer {
  return Buffer.from(Array.from({ length: PAGE }, () => random() * 256))
}
