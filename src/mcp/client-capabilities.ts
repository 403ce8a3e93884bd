import { isObject } from '../domain/json.js'
import type { ClientCapability, InputRequest } from './call.js'

export const CLIENT_CAPABILITIES: readonly ClientCapability[] = ['elicitation', 'sampling', 'roots']

/** The capabilities that a client declares; elicitation counts only if it can show forms. */
export function readClientCapabilities(capabilities: unknown): ReadonlySet<ClientCapability> {
  if (!isObject(capabilities)) return new Set()
  return new Set(CLIENT_CAPABILITIES.filter((name) => isDeclared(name, capabilities[name])))
}

const CAPABILITY_FOR: Readonly<Record<string, ClientCapability>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
}

/** The capability that a client needs for this request; undefined if no client serves it. */
export function capabilityFor({ method }: InputRequest): ClientCapability | undefined {
  return Object.hasOwn(CAPABILITY_FOR, method) ? CAPABILITY_FOR[method] : undefined
}

function isDeclared(name: ClientCapability, declared: unknown): boolean {
  if (!isObject(declared)) return false
  // An empty object means forms, as in the revisions before there was anything else.
  return name !== 'elicitation' || 'form' in declared || Object.keys(declared).length === 0
}
