import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Gives text its style, or leaves it as it is. The text is clean already: nothing is cleaned after it. */
export type Paint = (style: Style, text: string) => string

/** Whether a stream is a terminal that has colours, and NO_COLOR (https://no-color.org) is not set. */
export function hasColours(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  // Node tells by TERM and the variables that people set.
  return stream.isTTY === true && stream.hasColors(env)
}

/** How text is painted for a stream: not at all where it has no colours. */
export function painterFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!hasColours(stream, env)) return (_style, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}
