/** Whether a stream shows colours: a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb says no. */
export function hasColours(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}
