import { stat } from 'node:fs/promises'
import semver from 'semver'
import type { AgentReport, AgentSettings } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import { quoteName } from '../../domain/text.js'
import { findProgram } from './find-program.js'
import { type ProbeResult, probe } from './probe.js'
import { lastWords } from './process-end.js'

export type SignedIn = AgentReport['signedIn']

/** How long a sign-in state is cached. A missing sign-in is never cached, because it is quickly fixed. */
const SIGN_IN_KNOWN_MS = 60_000

interface KnownVersion {
  binary: string
  changedAt: number
  /** Null if the output has no version. */
  version: string | null
}

/** The program of an agent kind, and how to get it. */
export interface Program {
  program: string
  /** How to install it, as part of a sentence: `install the Kiro CLI (…)`. */
  install: string
}

/**
 * Finds the programs of agents, their versions and their sign-in state, before a turn and for reports. Each call of a
 * program has a time limit (ms). Results are cached per configured agent, because the environment of an agent can change
 * the output of a wrapper script.
 */
export class Preflight {
  readonly #limitMs: number
  readonly #versions = new WeakMap<AgentSettings, KnownVersion>()
  readonly #signedIn = new WeakMap<AgentSettings, { binary: string; until: number; answer: SignedIn }>()

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** Absolute path of the program. `agent_missing`. */
  async binary(
    { program, install }: Program,
    settings: AgentSettings,
    env: Record<string, string>,
    directory: string,
  ): Promise<string> {
    const name = settings.binary ?? program
    const binary = await findProgram(name, env, directory)
    if (binary !== null) return binary
    const where = name.includes('/') ? 'does not exist or is not executable' : 'is not on PATH'
    throw new SpoolError(
      'agent_missing',
      `${name.includes('/') ? name : quoteName(name)} ${where}; ${install}, or set "binary" of the agent to its path.`,
    )
  }

  /** The version of a program; read again when the file changes. Throws `launch_error` if it does not respond. */
  async version(
    settings: AgentSettings,
    binary: string,
    env: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const changedAt = (await stat(binary)).mtimeMs
    const known = this.#versions.get(settings)
    if (known?.binary === binary && known.changedAt === changedAt) return known.version
    const result = await this.ask([binary, '--version'], env, signal)
    if (result.exitCode !== 0) {
      const how = result.timedOut ? `did not respond within ${this.#limitMs} ms` : 'failed'
      const words = lastWords(result.output)
      throw new SpoolError(
        'launch_error',
        `\`${binary} --version\` ${how}${words === '' ? '' : `: ${words}`}. Check its installation.`,
      )
    }
    const version = semver.coerce(result.output)?.version ?? null
    this.#versions.set(settings, { binary, changedAt, version })
    return version
  }

  /** The sign-in state from `check`, cached for a minute unless it is `no`. */
  async signedIn(settings: AgentSettings, binary: string, check: () => Promise<SignedIn>): Promise<SignedIn> {
    const known = this.#signedIn.get(settings)
    if (known?.binary === binary && performance.now() < known.until) return known.answer
    const answer = await check()
    if (answer === 'no') this.#signedIn.delete(settings)
    else this.#signedIn.set(settings, { binary, until: performance.now() + SIGN_IN_KNOWN_MS, answer })
    return answer
  }

  /** Runs a program for a short output. Throws `launch_error` if it cannot be started. */
  async ask(
    argv: [string, ...string[]],
    env: Record<string, string>,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    try {
      return await probe(argv, env, this.#limitMs, signal)
    } catch (cause) {
      signal.throwIfAborted()
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new SpoolError('launch_error', `${argv[0]} cannot be started: ${reason}`, { cause })
    }
  }

  get limitMs(): number {
    return this.#limitMs
  }
}
