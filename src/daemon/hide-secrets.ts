import { stdSerializers } from 'pino'

/** Fields that are never logged, at any depth: tokens, messages and output. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'token',
  'operatortoken',
  'clienttoken',
  'authorization',
  'message',
  'content',
  'input',
  'argv',
  // Added by Node to errors of child processes.
  'spawnargs',
  'cmd',
  'stdout',
  'stderr',
])

const HIDDEN = '[hidden]'
/** Limits depth, which also ends circular references. */
const DEEPEST = 8

/**
 * A copy of a log record with the values of secret fields replaced. Messages of errors are kept: they come from spoold or the
 * system, and a log without them would be useless.
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
