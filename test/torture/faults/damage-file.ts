import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

export const PAGE = 8192
const SECTOR = 512
const MAX_UNITS = 8

export interface Damage {
  what: string
  /** How many single bytes were changed; 0 if whole sectors or pages were, or the file was truncated. */
  strayBytes: number
  /** How many pages may have been replaced by another sound page. */
  strayPages: number
}

type Damager = (file: number, size: number, random: () => number) => Damage

/** The damage that disks, file systems and people do to a file. Single bytes are twice as likely. */
const DAMAGERS: Damager[] = [
  strayBytes,
  strayBytes,
  zeroedSectors,
  zeroedPages,
  noisyPages,
  misdirectedPage,
  truncated,
  firstPage,
]

/** Damages a file in place, in a random way. */
export function damageFile(path: string, random: () => number): Damage {
  const file = openSync(path, 'r+')
  try {
    const damage = DAMAGERS[Math.floor(random() * DAMAGERS.length)] ?? strayBytes
    return damage(file, fstatSync(file).size, random)
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

/** A misdirected write: a sound page replaces other pages. */
function misdirectedPage(file: number, size: number, random: () => number): Damage {
  const page = Buffer.alloc(PAGE)
  readSync(file, page, 0, PAGE, unit(size, PAGE, random))
  const damage = overwrite(file, size, random, PAGE, 'pages replaced by another', () => page)
  return { ...damage, strayPages: MAX_UNITS }
}

function truncated(file: number, size: number, random: () => number): Damage {
  ftruncateSync(file, Math.floor(size * random()))
  return { what: 'truncated', strayBytes: 0, strayPages: 0 }
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
