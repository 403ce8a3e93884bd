/** Width of a terminal in columns; undefined if the stream is not a terminal. */
export function terminalWidth(stream: NodeJS.WriteStream): number | undefined {
  // A terminal of unknown size reports 0.
  return stream.columns || undefined
}
