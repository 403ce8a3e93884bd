import { pathToFileURL } from 'node:url'
import type { Agent } from '../library/agent.js'
import { messageOf } from './message-of.js'

/** Why there is no agent to call; its message is the whole sentence. */
export class NoAgent extends Error {
  override readonly name = 'NoAgent'
}

/** Imports the module and gives its default export. Throws NoAgent, with the import's own error as its cause. */
export async function loadAgent(path: string): Promise<Agent> {
  const module = await importModule(path)
  if (typeof module.default === 'function') return module.default as Agent
  throw new NoAgent(
    `The module ${path} exports no agent: its default export must be a function, as defineAgent of spoold/agent gives it.`,
  )
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new NoAgent(`The module ${path} cannot be imported: ${messageOf(cause)}`, { cause })
  }
}
