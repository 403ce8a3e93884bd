/**
 * How many bytes (0 to 3) at the end of `bytes` begin a UTF-8 character that is not complete. Bytes that
 * cannot become a character (overlong forms, surrogates) do not count, because a decoder replaces them at once. The ranges
 * are in table 3-7 of the Unicode standard. Reads no further back than `from`.
 */
export function incompleteTail(bytes: Uint8Array, from = 0): number {
  for (let length = 1; length <= 3 && bytes.length - length >= from; length++) {
    const lead = bytes[bytes.length - length] as number
    if (lead < 0x80) return 0
    if (lead >= 0xc0) return beginsCharacter(lead, bytes[bytes.length - length + 1], length) ? length : 0
  }
  return 0
}

/** Whether `length` bytes that start with `lead` and `second` are the start of an incomplete character. */
function beginsCharacter(lead: number, second: number | undefined, length: number): boolean {
  if (lead < 0xc2 || lead > 0xf4) return false
  const full = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (length >= full) return false
  if (length === 1 || second === undefined) return true
  if (lead === 0xe0) return second >= 0xa0
  if (lead === 0xed) return second <= 0x9f
  if (lead === 0xf0) return second >= 0x90
  if (lead === 0xf4) return second <= 0x8f
  return true
}
