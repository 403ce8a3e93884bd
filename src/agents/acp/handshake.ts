import type { InitializeRequest, LoadSessionRequest, NewSessionRequest } from '@agentclientprotocol/sdk'
import { z } from 'zod'
import { VERSION } from '../../config/version.js'
import { lineOf } from '../output/tool-line.js'
import { requestLine } from './messages.js'
import type { AcpTurnState } from './state.js'

/** The supported version of ACP (https://agentclientprotocol.com/protocol/initialization). */
const PROTOCOL_VERSION = 1

/** Maximum number of sign-in methods in a message. */
const MAX_METHODS = 6

const offersSchema = z.object({
  protocolVersion: z.number(),
  agentCapabilities: z
    .object({
      loadSession: z.boolean().catch(false),
      sessionCapabilities: z
        .object({ resume: z.unknown() })
        .partial()
        .catch({})
        .optional()
        .transform((offered) => offered?.resume !== undefined && offered.resume !== null),
    })
    .partial()
    .catch({})
    .optional(),
  authMethods: z
    .array(z.object({ id: z.string().max(100) }))
    .catch([])
    .optional(),
})

/** How the model of a session is set: by a configuration option, or by the older method. */
const modelsSchema = z.object({
  configOptions: z
    .array(
      z
        .object({ id: z.string().max(200), category: z.string().nullish().catch(undefined) })
        .catch({ id: '' }),
    )
    .catch([])
    .optional(),
  models: z.looseObject({}).nullish().catch(undefined),
})

/** The first message. It offers no files and terminals, so the agent uses its own. */
export function initializeLine(): string {
  const params: InitializeRequest = {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: 'spoold', version: VERSION },
  }
  return requestLine(1, 'initialize', params)
}

/** The capabilities of the agent; an error sentence for an unsupported version. */
export function readOffers(result: Record<string, unknown>): AcpTurnState['offers'] | string {
  const parsed = offersSchema.safeParse(result)
  if (!parsed.success || parsed.data.protocolVersion !== PROTOCOL_VERSION) {
    const version = parsed.data?.protocolVersion
    const agentVersion = version === undefined ? 'an unknown version of ACP' : `version ${version} of ACP`
    return `The agent uses ${agentVersion}, spoold version ${PROTOCOL_VERSION}; update the older one.`
  }
  const { agentCapabilities, authMethods = [] } = parsed.data
  return {
    resume: agentCapabilities?.sessionCapabilities ?? false,
    load: agentCapabilities?.loadSession ?? false,
    signIn: authMethods.slice(0, MAX_METHODS).map(({ id }) => lineOf(id)),
  }
}

/** The request that opens a new or existing conversation; an error sentence if the agent cannot continue one. */
export function sessionRequest({
  order,
  offers,
}: AcpTurnState): { method: string; params: object; replays: boolean } | string {
  const params: NewSessionRequest = { cwd: order.workingDirectory, mcpServers: [] }
  if (order.resume === null) return { method: 'session/new', params, replays: false }
  const known: LoadSessionRequest = { ...params, sessionId: order.resume }
  // A resumed session sends nothing; a loaded one replays its whole history first.
  if (offers.resume) return { method: 'session/resume', params: known, replays: false }
  if (offers.load) return { method: 'session/load', params: known, replays: true }
  return 'This agent cannot continue an earlier conversation; start a new session.'
}

/** How the model of the session in `result` is set. */
export function modelChoice(result: Record<string, unknown>): AcpTurnState['modelBy'] {
  const { configOptions = [], models } = modelsSchema.parse(result)
  const option =
    configOptions.find(({ category }) => category === 'model') ??
    configOptions.find(({ id }) => id === 'model')
  if (option) return { option: option.id }
  return models ? 'method' : null
}

/** The request that sets the model; an error sentence if the agent has none. */
export function modelRequest(
  { session, modelBy }: AcpTurnState,
  model: string,
): { method: string; params: object } | string {
  if (modelBy === 'method') {
    return { method: 'session/set_model', params: { sessionId: session, modelId: model } }
  }
  if (modelBy !== null) {
    const params = { sessionId: session, configId: modelBy.option, value: model }
    return { method: 'session/set_config_option', params }
  }
  return 'The model of this agent cannot be set over ACP: omit the model, and set it in the "argv" of the agent.'
}

/** The error sentence for an agent that requires a sign-in. */
export function signInSentence({ order, offers }: AcpTurnState): string {
  if (order.authMethod !== null) {
    return `The agent is not signed in, though "authMethod" is ${JSON.stringify(order.authMethod)}; sign in with the agent's own program.`
  }
  const methods = offers.signIn.length === 0 ? '' : ` (it knows: ${offers.signIn.join(', ')})`
  return `The agent is not signed in: sign in with the agent's own program, or set "authMethod" of the agent${methods}.`
}
