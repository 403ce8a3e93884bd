import { inspect } from 'node:util'

/** A cause's cause is told, and so on, but not for ever: an error can be its own cause. */
const MAX_CAUSES = 3

/** What an error says, in one line, with its causes where they add something; anything can be thrown. */
export function messageOf(error: unknown, causes = MAX_CAUSES): string {
  if (!(error instanceof Error)) return oneLine(inspect(error))
  const message = oneLine(error.message)
  // Several failures in one, as of a connection that is tried over several addresses, say nothing themselves.
  const inner = error instanceof AggregateError && message === '' ? error.errors[0] : error.cause
  if (inner === undefined || causes === 0) return message || error.name
  const reason = messageOf(inner, causes - 1)
  if (message === '') return reason
  return message.includes(reason) ? message : `${message}: ${reason}`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}
