import { inspect } from 'node:util'

/** Limit for chains of causes: an error can be its own cause. */
const MAX_CAUSES = 3

/** The message of a thrown value on one line, with its causes if they add something. */
export function errorMessage(error: unknown, causes = MAX_CAUSES): string {
  if (!(error instanceof Error)) return oneLine(inspect(error))
  const message = oneLine(error.message)
  // An AggregateError, such as of a connection to several addresses, may have no message.
  const inner = error instanceof AggregateError && message === '' ? error.errors[0] : error.cause
  if (inner === undefined || causes === 0) return message || error.name
  const reason = errorMessage(inner, causes - 1)
  if (message === '') return reason
  return message.includes(reason) ? message : `${message}: ${reason}`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}
