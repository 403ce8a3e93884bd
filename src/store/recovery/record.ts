/** A stored value. */
export type Value = null | number | string | Buffer

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A variable-length integer (never negative here) and the position after it; undefined at the end of the bytes. */
export function readVarint(bytes: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0
  for (let at = start; at < start + 9; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return undefined
    if (at === start + 8) return { value: value * 256 + byte, end: at + 1 }
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, end: at + 1 }
  }
  return undefined
}

/**
 * The values of a row ("Record Format" of SQLite's file format). Undefined if the sizes do not add up, or if a text is not
 * UTF-8 or contains NUL: lost blocks of a disk read as zeros, and decoders never store NUL.
 */
export function readRecord(payload: Buffer): Value[] | undefined {
  const header = readVarint(payload, 0)
  if (header === undefined || header.value > payload.length) return undefined
  const types: number[] = []
  let at = header.end
  while (at < header.value) {
    const type = readVarint(payload, at)
    if (type === undefined) return undefined
    types.push(type.value)
    at = type.end
  }
  if (at !== header.value) return undefined
  const values: Value[] = []
  for (const type of types) {
    const size = sizeOf(type)
    if (size === undefined || at + size > payload.length) return undefined
    const value = readValue(payload.subarray(at, at + size), type)
    if (value === undefined) return undefined
    values.push(value)
    at += size
  }
  return at === payload.length ? values : undefined
}

function sizeOf(type: number): number | undefined {
  if (type < 0 || type === 10 || type === 11) return undefined
  if (type >= 12) return Math.floor((type - 12) / 2)
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type]
}

function readValue(bytes: Buffer, type: number): Value | undefined {
  if (type === 0) return null
  if (type <= 5) return bytes.readIntBE(0, bytes.length)
  if (type === 6) return readLarge(bytes)
  if (type === 7) return bytes.readDoubleBE(0)
  if (type <= 9) return type - 8
  if (type % 2 === 0) return bytes
  if (bytes.includes(0)) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Undefined for an unsafe integer; no time or size is that large. */
function readLarge(bytes: Buffer): number | undefined {
  const value = Number(bytes.readBigInt64BE(0))
  return Number.isSafeInteger(value) ? value : undefined
}
