import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Applies a style to text, or returns it unchanged. The text must already be clean. */
export type Paint = (style: Style, text: string) => string

/** Whether a stream is a terminal that has colours, and NO_COLOR (https://no-color.org) is not set. */
export function hasColours(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  // Node decides by TERM and the usual variables.
  return stream.isTTY === true && stream.hasColors(env)
}

/** The Paint for a stream; it changes nothing if the stream has no colours. */
export function painterFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!hasColours(stream, env)) return (_style, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}
