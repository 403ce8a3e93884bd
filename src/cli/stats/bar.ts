const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of at most `width` characters, as long as its part of the largest; something that is not nothing shows. */
export function bar(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0 || width <= 0) return ''
  const eighths = Math.max(1, Math.round((8 * width * Math.min(value, largest)) / largest))
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}
