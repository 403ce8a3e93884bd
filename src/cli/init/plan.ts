import { type KnownAgent, notAmong } from '../../agents/known.js'
import type { AgentSettings } from '../../domain/adapter.js'
import type { DetectedAgent } from './find-agents.js'

/** The config file to write. */
export interface InitPlan {
  config: Record<string, unknown>
  /** Names of the added agents. */
  added: string[]
  /** Null if the file has none and no agent was found. */
  defaultAgent: string | null
}

/** A new config file: the detected agents, with the first usable one as the default. */
export function planNew(detected: DetectedAgent[]): InitPlan {
  const found = foundAgents(detected)
  const defaultAgent = pickDefault(detected)
  const config = { ...(defaultAgent === null ? {} : { defaultAgent }), agents: asConfig(found) }
  return { config, added: found.map(({ name }) => name), defaultAgent }
}

/**
 * The config file with the detected agents that it lacks; everything else is kept. A default agent is added only if the file
 * has none and the built-in default was not found.
 *
 * @param before the JSON of the file
 * @param configured the agents configured by it
 */
export function planMerge(
  detected: DetectedAgent[],
  before: Record<string, unknown>,
  configured: Record<string, AgentSettings>,
): InitPlan {
  const missing = new Set(notAmong(configured))
  const added = foundAgents(detected).filter((known) => missing.has(known))
  const named = typeof before.defaultAgent === 'string' ? before.defaultAgent : null
  const isKiroFound = foundAgents(detected).some(({ name }) => name === 'kiro')
  const usable = detected.filter(({ known }) => added.includes(known))
  const picked = named ?? (isKiroFound ? 'kiro' : pickDefault(usable))
  const config: Record<string, unknown> = { ...before }
  if (added.length > 0) config.agents = { ...Object(before.agents), ...asConfig(added) }
  if (named === null && picked !== null && picked !== 'kiro') config.defaultAgent = picked
  return { config, added: added.map(({ name }) => name), defaultAgent: picked }
}

function foundAgents(detected: DetectedAgent[]): KnownAgent[] {
  return detected.filter(({ report }) => report.binary !== null).map(({ known }) => known)
}

/** kiro if it was found, otherwise the first usable agent, otherwise the first one. */
function pickDefault(detected: DetectedAgent[]): string | null {
  const found = detected.filter(({ report }) => report.binary !== null)
  const kiro = found.find(({ known }) => known.name === 'kiro')
  const picked = kiro ?? found.find(({ report }) => report.available) ?? found[0]
  return picked?.known.name ?? null
}

function asConfig(agents: KnownAgent[]): Record<string, object> {
  return Object.fromEntries(agents.map(({ name, config }) => [name, config]))
}
