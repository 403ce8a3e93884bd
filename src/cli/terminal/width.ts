/** How many columns a stream shows; undefined where it is no terminal. */
export function terminalWidth(stream: NodeJS.WriteStream): number | undefined {
  // A terminal that was never told its size says 0.
  return stream.columns || undefined
}
