import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import semver from 'semver'
import type { AgentSettings } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import type { Preflight, SignedIn } from './preflight.js'

/** How to detect the sign-in of a kind, without network access. */
export interface SignIn {
  /** Variables that make a sign-in unnecessary. */
  keys: readonly string[]
  /** Files of which one exists after signing in. */
  files(env: Record<string, string>): Trace[]
  /** Files that may configure another provider; if one exists, a missing sign-in cannot be detected. */
  elsewhere?(env: Record<string, string>): Trace[]
  /** Arguments for a check by exit code, and the first version that supports them. */
  ask?: { args: string[]; since: string }
  /** How to sign in, one sentence. */
  remedy: string
}

/** A file whose existence or content shows the sign-in. */
export interface Trace {
  /** Absolute. */
  path: string
  holds?: RegExp
}

/** The directory of an agent: from its variable, otherwise below the home directory. */
export function ownDirectory(env: Record<string, string>, variable: string, below: string): string {
  return env[variable] || join(env.HOME ?? '/', below)
}

/** The program of an agent with its environment. */
export interface Installed {
  settings: AgentSettings
  binary: string
  env: Record<string, string>
}

/** The sign-in state. `no` only if the program reports it and nothing else could authenticate. */
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

/** Also null if the program does not respond, which alone is no reason to reject a turn. */
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
