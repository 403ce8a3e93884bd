import { type KnownAgent, notAmong } from '../../agents/known.js'
import type { AgentSettings } from '../../domain/adapter.js'
import type { LookedAt } from './find-agents.js'

/** A config file as it is to be written. */
export interface InitPlan {
  config: Record<string, unknown>
  /** Names of the agents that it has now and had not. */
  added: string[]
  /** Null where the file names none and nothing usable was found. */
  defaultAgent: string | null
}

/** The config file of somebody who has none: the agents that were found, and the first usable one as the default. */
export function planNew(looked: LookedAt[]): InitPlan {
  const found = foundOf(looked)
  const defaultAgent = pickDefault(looked)
  const config = { ...(defaultAgent === null ? {} : { defaultAgent }), agents: asConfig(found) }
  return { config, added: found.map(({ name }) => name), defaultAgent }
}

/**
 * The config file with the agents that were found and are not in it; all else stays. A default agent is added only
 * where the file names none and the one that counts without it was not found.
 *
 * @param before the file's JSON
 * @param configured the agents that count with it
 */
export function planMerge(
  looked: LookedAt[],
  before: Record<string, unknown>,
  configured: Record<string, AgentSettings>,
): InitPlan {
  const missing = new Set(notAmong(configured))
  const added = foundOf(looked).filter((known) => missing.has(known))
  const named = typeof before.defaultAgent === 'string' ? before.defaultAgent : null
  const isKiroFound = foundOf(looked).some(({ name }) => name === 'kiro')
  const usable = looked.filter(({ known }) => added.includes(known))
  const picked = named ?? (isKiroFound ? 'kiro' : pickDefault(usable))
  const config: Record<string, unknown> = { ...before }
  if (added.length > 0) config.agents = { ...Object(before.agents), ...asConfig(added) }
  if (named === null && picked !== null && picked !== 'kiro') config.defaultAgent = picked
  return { config, added: added.map(({ name }) => name), defaultAgent: picked }
}

function foundOf(looked: LookedAt[]): KnownAgent[] {
  return looked.filter(({ report }) => report.binary !== null).map(({ known }) => known)
}

/** kiro where it is found, else the first that can be used, else the first that is there. */
function pickDefault(looked: LookedAt[]): string | null {
  const found = looked.filter(({ report }) => report.binary !== null)
  const kiro = found.find(({ known }) => known.name === 'kiro')
  const picked = kiro ?? found.find(({ report }) => report.available) ?? found[0]
  return picked?.known.name ?? null
}

function asConfig(agents: KnownAgent[]): Record<string, object> {
  return Object.fromEntries(agents.map(({ name, config }) => [name, config]))
}
