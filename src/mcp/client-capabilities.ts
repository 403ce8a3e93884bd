import { isObject } from '../domain/json.js'
import type { Call, ClientCapability, InputRequest } from './call.js'

export const CLIENT_CAPABILITIES: readonly ClientCapability[] = ['elicitation', 'sampling', 'roots']

/** What a client's capabilities say that it answers; elicitation counts only where it shows forms. */
export function readClientCapabilities(capabilities: unknown): Call['clientCapabilities'] {
  if (!isObject(capabilities)) return new Set()
  return new Set(CLIENT_CAPABILITIES.filter((kind) => isDeclared(kind, capabilities[kind])))
}

const CAPABILITY_FOR: Readonly<Record<string, ClientCapability>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
}

/** What a client must be able to, to answer this; undefined for what no client answers. */
export function capabilityFor({ method }: InputRequest): ClientCapability | undefined {
  return Object.hasOwn(CAPABILITY_FOR, method) ? CAPABILITY_FOR[method] : undefined
}

function isDeclared(kind: ClientCapability, declared: unknown): boolean {
  if (!isObject(declared)) return false
  // An empty one means forms, as clients had it before there were others.
  return kind !== 'elicitation' || 'form' in declared || Object.keys(declared).length === 0
}
