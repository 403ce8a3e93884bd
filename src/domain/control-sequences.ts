/**
 * Terminal control in bytes of UTF-8 text, as ECMA-48 and xterm define it: where the next control begins, and where
 * it ends. A control is a C0 byte other than newline and tab, DEL, a C1 character (U+0080-U+009F), or the whole
 * sequence that one of them introduces.
 */

const BEL = 0x07
const ESCAPE = 0x1b
const DEL = 0x7f
/** First byte of U+0080-U+00BF in UTF-8; no byte of another character has this value. */
const C1_LEAD = 0xc2
const STRING_TERMINATOR = 0x9c

/** The byte after ESC that introduces a sequence; the C1 form is the same code plus 0x40. */
const CSI = 0x5b
const OSC = 0x5d
/** DCS, SOS, PM, APC. */
const OTHER_STRINGS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5e, 0x5f])

/** No terminal reads more parameters than this; what is longer is not a sequence. */
const MAX_PARAMETERS_LENGTH = 256
const MAX_STRING_LENGTH = 4096

/** The bytes end before the end of the control sequence. */
export const INCOMPLETE = -1

/** Index of the first control at or after `from`, else the length of the bytes. */
export function nextControl(bytes: Uint8Array, from: number): number {
  for (let index = from; index < bytes.length; index++) {
    const byte = bytes[index] as number
    if (byte < 0x20) {
      if (byte !== 0x0a && byte !== 0x09) return index
    } else if (byte >= DEL && (byte === DEL || (byte === C1_LEAD && isC1(bytes[index + 1])))) return index
  }
  return bytes.length
}

/**
 * Index behind the control that begins at `start`. What is introduced but never properly ended loses only its
 * introducer, so that no text goes missing. At the end of the bytes: INCOMPLETE, unless `final` says that nothing follows.
 */
export function endOfControl(bytes: Uint8Array, start: number, final: boolean): number {
  const first = bytes[start]
  if (first !== ESCAPE && first !== C1_LEAD) return start + 1
  const second = bytes[start + 1]
  if (second === undefined) return final ? start + 1 : INCOMPLETE
  const code = first === ESCAPE ? second : second - 0x40
  const body = start + 2
  if (code === CSI) return endOfParameters(bytes, body, 0x3f, final)
  if (code === OSC) return endOfString(bytes, body, true, final)
  if (OTHER_STRINGS.has(code)) return endOfString(bytes, body, false, final)
  // Charset selections and their like: intermediate bytes, then one more.
  if (code >= 0x20 && code <= 0x2f) return endOfParameters(bytes, body, 0x2f, final)
  // Two characters; where the second cannot belong to it, the ESC stands alone.
  return code >= 0x30 && code < DEL ? body : start + 1
}

/** Whether the control moves to the first column of its line: CR, or CSI G with 1 or no parameter. */
export function isReturn(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x0d) return true
  if (bytes[end - 1] !== 0x47 || end - start < 3) return false
  if (bytes[start] === ESCAPE ? bytes[start + 1] !== CSI : bytes[start + 1] !== CSI + 0x40) return false
  return end - start === 3 || (end - start === 4 && (bytes[start + 2] === 0x30 || bytes[start + 2] === 0x31))
}

function endOfParameters(bytes: Uint8Array, body: number, highest: number, final: boolean): number {
  const limit = body + MAX_PARAMETERS_LENGTH
  for (let index = body; index < limit; index++) {
    const byte = bytes[index]
    if (byte === undefined) return final ? index : INCOMPLETE
    if (byte < 0x20 || byte > highest) return byte > highest && byte < DEL ? index + 1 : index
  }
  return body
}

/**
 * A string ends with ST (ESC \ or U+009C), an OSC with BEL too. Another control inside (in an OSC also a newline)
 * shows that the end is missing.
 */
function endOfString(bytes: Uint8Array, body: number, isOsc: boolean, final: boolean): number {
  const limit = body + MAX_STRING_LENGTH
  for (let index = body; index < limit; index++) {
    const byte = bytes[index]
    if (byte === undefined) return final ? body : INCOMPLETE
    if (byte === ESCAPE || byte === C1_LEAD) {
      const next = bytes[index + 1]
      if (next === undefined) return final ? body : INCOMPLETE
      if (next === (byte === ESCAPE ? 0x5c : STRING_TERMINATOR)) return index + 2
      if (byte === ESCAPE || isC1(next)) return body
    } else if (isOsc && byte < 0x20) return byte === BEL ? index + 1 : body
  }
  return body
}

function isC1(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0x9f
}
