import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Gives text its style, or leaves it as it is. The text is clean already: nothing is cleaned after it. */
export type Paint = (style: Style, text: string) => string

/** How text is painted for a stream: not at all unless it is a terminal that has colours, and NO_COLOR (https://no-color.org) is not set. */
export function painterFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Paint {
  // Node tells by TERM and the variables that people set.
  if (!stream.isTTY || !stream.hasColors(env)) return (_style, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}
