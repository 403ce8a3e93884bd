import { ATTENDED_META } from '../domain/question.js'

/** Who asks: an MCP client, or the person at this machine by the command line. */
export type Caller = 'client' | 'operator'

/** Only the command line says so, of a call that a person at a terminal waits for. */
export function isAttended(caller: Caller, meta: Readonly<Record<string, unknown>>): boolean {
  return caller === 'operator' && meta[ATTENDED_META] === true
}
