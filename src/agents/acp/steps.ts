import { lineOf } from '../output/tool-line.js'
import { modelChoice, modelRequest, readOffers, sessionRequest, signInSentence } from './handshake.js'
import { AUTH_REQUIRED, requestLine } from './messages.js'
import type { AcpStep, AcpTurnState } from './state.js'

/** Longer ids cannot be stored. */
const MAX_SESSION_ID_LENGTH = 200

/*
 * The steps of a turn: initialize, authenticate (if a method is configured), the session, the end of its replay (if it was
 * loaded), its model (if requested), the prompt. Each is one request; its response leads to the next.
 */

/**
 * An unknown request, to which the agent responds with an error after all earlier messages. Gemini CLI (0.61) sends most of a
 * loaded session's history only after its response to `session/load`.
 */
const BARRIER = '_spoold/barrier'

/** Continues after the response to our last request. */
export function advance(state: AcpTurnState, result: Record<string, unknown>): void {
  switch (state.step) {
    case 'initialize':
      handleInitialized(state, result)
      break
    case 'authenticate':
      openSession(state)
      break
    case 'session':
      handleSession(state, result)
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

/** Handles an error response to our last request, which ends the turn. */
export function handleError(state: AcpTurnState, { code, message }: { code: number; message: string }): void {
  if (state.step === 'replay') {
    chooseModel(state)
    return
  }
  const isSignIn = code === AUTH_REQUIRED && (state.step === 'session' || state.step === 'authenticate')
  fail(state, isSignIn ? signInSentence(state) : errorSentence(state, lineOf(message)))
}

function errorSentence({ step, order }: AcpTurnState, message: string): string {
  if (step === 'prompt') return message
  if (step !== 'session' || order.resume === null) return `${message} (in response to ${step})`
  return `The agent could not continue the conversation: ${message}. Start a new session.`
}

/** Ends the turn with an error; the first one is kept. */
export function fail(state: AcpTurnState, error: string): void {
  state.error ??= error
  state.step = 'over'
}

function handleInitialized(state: AcpTurnState, result: Record<string, unknown>): void {
  const offers = readOffers(result)
  if (typeof offers === 'string') {
    fail(state, offers)
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
    fail(state, opening)
    return
  }
  state.replaying = opening.replays
  request(state, 'session', opening.method, opening.params)
}

function handleSession(state: AcpTurnState, result: Record<string, unknown>): void {
  const session = state.order.resume ?? result.sessionId
  if (typeof session !== 'string' || session === '' || session.length > MAX_SESSION_ID_LENGTH) {
    fail(state, 'The agent opened a conversation without a valid id.')
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
  if (typeof choice === 'string') fail(state, choice)
  else request(state, 'model', choice.method, choice.params)
}

/** Only marks the prompt, which may be large and is composed when it is written. */
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
