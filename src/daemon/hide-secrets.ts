import { stdSerializers } from 'pino'

/** Fields that never reach a log, wherever they sit: tokens, and what people and agents wrote. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'token',
  'operatortoken',
  'clienttoken',
  'authorization',
  'message',
  'content',
  'input',
  'argv',
  // What Node adds to the error of a program that could not be started or failed.
  'spawnargs',
  'cmd',
  'stdout',
  'stderr',
])

const HIDDEN = '[hidden]'
/** Nothing that is logged nests so deep; it ends circles, too. */
const DEEPEST = 8

/**
 * A copy of what is to be logged, with the values of secret fields replaced. The message of an error is shown: it is a
 * sentence of ours or of the system's, and without it nobody could tell what happened.
 */
export function hideSecrets(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_FIELDS.has(name.toLowerCase().replace(/[_-]/g, '')) ? HIDDEN : hideWithin(value, depth + 1),
    ]),
  )
}

function hideWithin(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return '[too deep]'
  if (value instanceof Error) {
    const { type, message, stack, ...rest } = stdSerializers.err(value)
    return { type, message, stack, ...hideSecrets(rest, depth) }
  }
  if (Array.isArray(value)) return value.map((item) => hideWithin(item, depth + 1))
  const isPlain = Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? hideSecrets({ ...value }, depth) : value
}
