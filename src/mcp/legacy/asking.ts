import { abilityFor } from '../offer/abilities.js'
import { type Call, type InputRequest, type InputRequired, isInputRequired } from '../offer/call.js'
import { RPC, RpcError } from '../offer/rpc-error.js'

/** Puts a request of the server's to the client, in the stream of the call that is being answered. */
export type Ask = (request: InputRequest, signal: AbortSignal) => Promise<Record<string, unknown>>

/** A call that asks again and again is at fault. */
const MOST_ROUNDS = 8

/**
 * Carries out a call that may need input first, which clients of 2026-07-28 give by repeating it: here the client is
 * asked, and the call repeated on its behalf. Throws RpcError where it cannot be asked.
 */
export async function withInput<Result extends object>(
  call: Call,
  ask: Ask,
  carryOut: (call: Call) => Promise<Result | InputRequired>,
): Promise<Result> {
  let result = await carryOut(call)
  for (let round = 1; isInputRequired(result); round += 1) {
    if (round > MOST_ROUNDS) throw notAskable(`it asked ${MOST_ROUNDS} times`)
    const { inputRequests = {}, requestState } = result
    const inputResponses: Record<string, unknown> = {}
    for (const [key, request] of Object.entries(inputRequests)) {
      inputResponses[key] = await answerTo(request, call, ask)
    }
    result = await carryOut({
      ...call,
      inputResponses,
      ...(requestState === undefined ? {} : { requestState }),
    })
  }
  return result as Result
}

async function answerTo(request: InputRequest, call: Call, ask: Ask): Promise<unknown> {
  const kind = abilityFor(request)
  if (kind === undefined || !call.answers.has(kind)) {
    throw notAskable(`it needs ${request.method}, which this client did not say that it answers`)
  }
  if (kind !== 'elicitation') return ask(request, call.signal)
  // A form that the client cannot show, or that nobody fills in for a long time, is one that the user closed.
  return ask(request, call.signal).catch(() => {
    call.signal.throwIfAborted()
    return { action: 'cancel' }
  })
}

function notAskable(reason: string): RpcError {
  return new RpcError(
    RPC.invalidRequest,
    'invalid_input',
    `The call needs input from the user, and ${reason}`,
  )
}
