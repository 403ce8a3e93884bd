import { lineOf } from '../output/tool-line.js'
import { modelChoice, modelRequest, readOffers, sessionRequest, signInSentence } from './handshake.js'
import { AUTH_REQUIRED, requestLine } from './messages.js'
import type { AcpStep, AcpTurnState } from './state.js'

/** An id that is longer could not be kept. */
const MAX_SESSION_ID_LENGTH = 200

/*
 * The steps of a turn: initialize, authenticate (where the settings name a method), the session, the end of its replay
 * (where it was loaded), its model (where one is asked for), the prompt. Each is one request; the answer to it leads to
 * the next.
 */

/**
 * A request that nobody knows, which is answered with an error: by then everything that was under way has come. Gemini
 * CLI (0.61) tells most of a loaded session's history only after it has answered `session/load`.
 */
const BARRIER = '_spoold/barrier'

/** Goes on after the agent answered our last request with `result`. */
export function advance(state: AcpTurnState, result: Record<string, unknown>): void {
  switch (state.step) {
    case 'initialize':
      meet(state, result)
      break
    case 'authenticate':
      openSession(state)
      break
    case 'session':
      begin(state, result)
      break
    case 'replay':
      chooseModel(state)
      break
    case 'model':
      prompt(state)
      break
    case 'prompt':
      state.stopReason = typeof result.stopReason === 'string' ? lineOf(result.stopReason) : 'unknown'
      state.step = 'over'
      break
    case 'over':
  }
}

/** The agent answered our last request with an error, after which nothing can follow. */
export function refused(state: AcpTurnState, { code, message }: { code: number; message: string }): void {
  if (state.step === 'replay') {
    chooseModel(state)
    return
  }
  const isSignIn = code === AUTH_REQUIRED && (state.step === 'session' || state.step === 'authenticate')
  giveUp(state, isSignIn ? signInSentence(state) : refusal(state, lineOf(message)))
}

function refusal({ step, order }: AcpTurnState, message: string): string {
  if (step === 'prompt') return message
  if (step !== 'session' || order.resume === null) return `${message} (in answer to ${step})`
  return `The agent could not go on with the conversation: ${message}. Start a new session.`
}

/** Ends the turn with an error; the first one stays. */
export function giveUp(state: AcpTurnState, error: string): void {
  state.error ??= error
  state.step = 'over'
}

function meet(state: AcpTurnState, result: Record<string, unknown>): void {
  const offers = readOffers(result)
  if (typeof offers === 'string') {
    giveUp(state, offers)
    return
  }
  state.offers = offers
  const { authMethod } = state.order
  if (authMethod === null) openSession(state)
  else request(state, 'authenticate', 'authenticate', { methodId: authMethod })
}

function openSession(state: AcpTurnState): void {
  const opening = sessionRequest(state)
  if (typeof opening === 'string') {
    giveUp(state, opening)
    return
  }
  state.replaying = opening.replays
  request(state, 'session', opening.method, opening.params)
}

function begin(state: AcpTurnState, result: Record<string, unknown>): void {
  const session = state.order.resume ?? result.sessionId
  if (typeof session !== 'string' || session === '' || session.length > MAX_SESSION_ID_LENGTH) {
    giveUp(state, 'The agent opened a conversation without an id that can be kept.')
    return
  }
  state.session = session
  state.modelBy = modelChoice(result)
  if (state.replaying) request(state, 'replay', BARRIER, {})
  else chooseModel(state)
}

function chooseModel(state: AcpTurnState): void {
  state.replaying = false
  const { model } = state.order
  if (model === null) {
    prompt(state)
    return
  }
  const choice = modelRequest(state, model)
  if (typeof choice === 'string') giveUp(state, choice)
  else request(state, 'model', choice.method, choice.params)
}

/** Only noted down: the prompt itself may be large, and is put together when it is written. */
function prompt(state: AcpTurnState): void {
  state.step = 'prompt'
  state.lastRequest += 1
  state.outbox.push({ prompt: state.lastRequest })
}

function request(state: AcpTurnState, step: AcpStep, method: string, params: object): void {
  state.step = step
  state.lastRequest += 1
  state.outbox.push(requestLine(state.lastRequest, method, params))
}
