import { pathToFileURL } from 'node:url'
import type { Agent } from '../library/agent.js'
import { errorMessage } from './error-message.js'

/** The module has no agent. The message is a complete sentence. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

/** Imports the module and returns its default export. Throws LoadError with the error of the import as its cause. */
export async function loadAgent(path: string): Promise<Agent> {
  const module = await importModule(path)
  if (typeof module.default === 'function') return module.default as Agent
  throw new LoadError(
    `The module ${path} exports no agent: its default export must be a function, as returned by defineAgent of spoold/agent.`,
  )
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new LoadError(`The module ${path} cannot be imported: ${errorMessage(cause)}`, { cause })
  }
}
