import { isObject } from '../domain/is-object.js'
import type { Ability, Call, InputRequest } from './call.js'

export const ABILITIES: readonly Ability[] = ['elicitation', 'sampling', 'roots']

/** What a client's capabilities say that it answers; elicitation counts only where it shows forms. */
export function abilitiesOf(capabilities: unknown): Call['answers'] {
  if (!isObject(capabilities)) return new Set()
  return new Set(ABILITIES.filter((kind) => isDeclared(kind, capabilities[kind])))
}

const ABILITY_FOR: Readonly<Record<string, Ability>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
}

/** What a client must be able to, to answer this; undefined for what no client answers. */
export function abilityFor({ method }: InputRequest): Ability | undefined {
  return Object.hasOwn(ABILITY_FOR, method) ? ABILITY_FOR[method] : undefined
}

function isDeclared(kind: Ability, declared: unknown): boolean {
  if (!isObject(declared)) return false
  // An empty one means forms, as clients had it before there were others.
  return kind !== 'elicitation' || 'form' in declared || Object.keys(declared).length === 0
}
