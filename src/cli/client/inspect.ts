import { existsSync } from 'node:fs'
import which from 'which'
import { SpoolError } from '../../domain/errors.js'
import { CLIENTS, type Client, type Places } from './clients.js'
import { configPath, hasEntry, type Target } from './plan.js'

/** A client on this machine. */
export interface ClientInspection {
  client: string
  title: string
  /** Whether its program is on PATH, or its files exist. */
  found: boolean
  user: FileInspection
  project: FileInspection
}

interface FileInspection {
  file: string
  installed: boolean
  /** Why `installed` is unknown; otherwise null. */
  problem: string | null
}

/** Inspects every supported client, with its configuration for the user and for this project. Changes nothing. */
export async function inspectClients(places: Places, project: string): Promise<ClientInspection[]> {
  return Promise.all(
    Object.entries(CLIENTS).map(async ([name, client]) => ({
      client: name,
      title: client.title,
      found: await isFound(client, places),
      user: inspectFile(client, places),
      project: inspectFile(client, { project }),
    })),
  )
}

async function isFound(client: Client, places: Places): Promise<boolean> {
  if ([client.home(places), ...client.userFiles(places)].some((path) => existsSync(path))) return true
  const path = places.env.PATH ?? ''
  const programs = await Promise.all(client.programs.map((name) => which(name, { nothrow: true, path })))
  return programs.some((program) => program !== null)
}

function inspectFile(client: Client, target: Target): FileInspection {
  const file = configPath(client, target)
  try {
    return { file, installed: hasEntry(client, target), problem: null }
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    return { file, installed: false, problem: error.message }
  }
}
