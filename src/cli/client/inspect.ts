import { existsSync } from 'node:fs'
import which from 'which'
import { SpoolError } from '../../domain/errors.js'
import { CLIENTS, type Client, type Places } from './clients.js'
import { configPath, hasEntry, type Where } from './plan.js'

/** A client as it is on this machine. */
export interface LookedAtClient {
  client: string
  title: string
  /** Whether its program is on PATH, or it has left something in the home directory. */
  found: boolean
  user: LookedAtFile
  project: LookedAtFile
}

interface LookedAtFile {
  file: string
  installed: boolean
  /** Why it is not known whether it is installed. */
  problem: string | null
}

/** Looks at each client that spoold knows, and at what it has for the user and in this project. Writes nothing. */
export async function lookAtClients(places: Places, project: string): Promise<LookedAtClient[]> {
  return Promise.all(
    Object.entries(CLIENTS).map(async ([name, client]) => ({
      client: name,
      title: client.title,
      found: await isFound(client, places),
      user: lookAt(client, places),
      project: lookAt(client, { project }),
    })),
  )
}

async function isFound(client: Client, places: Places): Promise<boolean> {
  if ([client.home(places), ...client.userFiles(places)].some((path) => existsSync(path))) return true
  const path = places.env.PATH ?? ''
  const programs = await Promise.all(client.programs.map((name) => which(name, { nothrow: true, path })))
  return programs.some((program) => program !== null)
}

function lookAt(client: Client, where: Where): LookedAtFile {
  const file = configPath(client, where)
  try {
    return { file, installed: hasEntry(client, where), problem: null }
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    return { file, installed: false, problem: error.message }
  }
}
