import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import semver from 'semver'
import type { AgentSettings } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import type { Preflight, SignedIn } from './preflight.js'

/** How a kind's sign-in shows on this machine, without asking anybody over the network. */
export interface SignIn {
  /** Variables that make a sign-in unnecessary. */
  keys: readonly string[]
  /** Files of which one is there once somebody signed in. */
  files(env: Record<string, string>): Trace[]
  /** Files that may configure another way to a model: with one of them nobody can say that the sign-in is missing. */
  elsewhere?(env: Record<string, string>): Trace[]
  /** Arguments that ask the program, which answers by its exit code, and the first version that knows them. */
  ask?: { args: string[]; since: string }
  /** What to do where nobody is signed in; a sentence. */
  remedy: string
}

/** A file that tells something by being there, or by what it holds. */
export interface Trace {
  /** Absolute. */
  path: string
  holds?: RegExp
}

/** A directory of an agent's own: as its variable says, else below the home directory. */
export function ownDirectory(env: Record<string, string>, variable: string, below: string): string {
  return env[variable] || join(env.HOME ?? '/', below)
}

/** An agent's program as it would be run. */
export interface Installed {
  settings: AgentSettings
  binary: string
  env: Record<string, string>
}

/** Whether somebody is signed in. `no` is said only where the program itself says it and nothing else could do. */
export function findSignIn(
  signIn: SignIn,
  installed: Installed,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<SignedIn> {
  const { settings, binary, env } = installed
  return preflight.signedIn(settings, binary, async () => {
    if (signIn.keys.some((name) => env[name])) return 'not_needed'
    if (await isOneThere(signIn.files(env))) return 'yes'
    if (signIn.ask === undefined || (await isOneThere(signIn.elsewhere?.(env) ?? []))) return 'unknown'
    const { args, since } = signIn.ask
    const version = await versionOrNull(installed, preflight, signal)
    if (version === null || semver.lt(version, since)) return 'unknown'
    const { exitCode, timedOut } = await preflight.ask([binary, ...args], env, signal)
    if (timedOut || exitCode === null) return 'unknown'
    return exitCode === 0 ? 'yes' : 'no'
  })
}

/** Null also where the program does not answer: that alone is no reason to refuse a turn. */
export async function versionOrNull(
  { settings, binary, env }: Installed,
  preflight: Preflight,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await preflight.version(settings, binary, env, signal)
  } catch (error) {
    if (error instanceof SpoolError) return null
    throw error
  }
}

async function isOneThere(traces: Trace[]): Promise<boolean> {
  const found = await Promise.all(traces.map(isThere))
  return found.includes(true)
}

async function isThere({ path, holds }: Trace): Promise<boolean> {
  const content = await readFile(path, 'utf8').catch(() => null)
  return content !== null && (holds === undefined || holds.test(content))
}
