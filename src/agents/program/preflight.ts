import { stat } from 'node:fs/promises'
import semver from 'semver'
import type { AgentReport, AgentSettings } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import { quoteName } from '../../domain/text.js'
import { findProgram } from './find-program.js'
import { type ProbeResult, probe } from './probe.js'
import { lastWords } from './process-end.js'

export type SignedIn = AgentReport['signedIn']

/** How long an answer about the sign-in is believed. A no is asked again at once: the remedy takes moments. */
const SIGN_IN_KNOWN_MS = 60_000

interface KnownVersion {
  binary: string
  changedAt: number
  /** Null where the answer holds no version. */
  version: string | null
}

/** The program of an agent kind, and what to do where it is missing. */
export interface Program {
  program: string
  /** How to get it, as the middle of a sentence: `install the Kiro CLI (…)`. */
  install: string
}

/**
 * Asks agents' programs, before a turn and for reports, what can be known: where they are, their version, whether
 * somebody is signed in. Each question has the time limit (ms). What is known is kept by configured agent, because
 * an agent's environment may change what a wrapper script answers.
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
    const where = name.includes('/') ? 'is no program that may be executed' : 'is not on PATH'
    throw new SpoolError(
      'agent_missing',
      `${name.includes('/') ? name : quoteName(name)} ${where}; ${install}, or set "binary" of the agent to its path.`,
    )
  }

  /** The version that this file tells; asked again when the file changes. `launch_error` where it does not answer. */
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
      const how = result.timedOut ? `did not answer within ${this.#limitMs} ms` : 'failed'
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

  /** Whether somebody is signed in, as `look` finds out; believed for a minute unless it is a no. */
  async signedIn(settings: AgentSettings, binary: string, look: () => Promise<SignedIn>): Promise<SignedIn> {
    const known = this.#signedIn.get(settings)
    if (known?.binary === binary && performance.now() < known.until) return known.answer
    const answer = await look()
    if (answer === 'no') this.#signedIn.delete(settings)
    else this.#signedIn.set(settings, { binary, until: performance.now() + SIGN_IN_KNOWN_MS, answer })
    return answer
  }

  /** Runs a short question. `launch_error` where the program cannot be started. */
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
