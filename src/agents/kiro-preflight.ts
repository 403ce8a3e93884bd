import { stat } from 'node:fs/promises'
import semver from 'semver'
import type { AgentSettings } from '../domain/adapter.js'
import { SpoolError } from '../domain/errors.js'
import { findProgram } from './find-program.js'
import { type ProbeResult, probe } from './probe.js'
import { lastWords } from './process-end.js'

export const SIGN_IN_REMEDY = 'Run `kiro-cli login`, or set KIRO_API_KEY in the agent\'s "env" or "passEnv".'

interface KnownVersion {
  binary: string
  changedAt: number
  /** Null where the answer holds no version. */
  version: string | null
}

/** Asks kiro-cli, before a turn, what it can do and whether it is signed in. Each question has the time limit (ms). */
export class KiroPreflight {
  readonly #limitMs: number
  /** By configured agent, because an agent's environment may change what a wrapper script answers. */
  readonly #versions = new WeakMap<AgentSettings, KnownVersion>()

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** Absolute path of kiro-cli. `agent_missing`. */
  async binary(settings: AgentSettings, env: Record<string, string>, directory: string): Promise<string> {
    const name = settings.binary ?? 'kiro-cli'
    const binary = await findProgram(name, env, directory)
    if (binary !== null) return binary
    const where = name.includes('/') ? 'is no program that may be executed' : 'is not on PATH'
    throw new SpoolError(
      'agent_missing',
      `${name} ${where}; install the Kiro CLI (https://kiro.dev/docs/cli/), or set "binary" of the agent to its path.`,
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
    const result = await this.#ask([binary, '--version'], env, signal)
    if (result.exitCode !== 0) {
      const how = result.timedOut ? `did not answer within ${this.#limitMs} ms` : 'failed'
      const words = lastWords(result.output)
      throw new SpoolError(
        'launch_error',
        `\`${binary} --version\` ${how}${words === '' ? '' : `: ${words}`}. Check the installation of kiro-cli.`,
      )
    }
    const version = semver.coerce(result.output)?.version ?? null
    this.#versions.set(settings, { binary, changedAt, version })
    return version
  }

  /**
   * Null when signed in, else the sentence that says what to do. kiro-cli that is not signed in waits for ever for
   * somebody to confirm a code, so silence is a no. With an API key nothing is asked: no sign-in is needed then, and
   * whether the key is valid is not told here anyway.
   */
  async signInProblem(
    binary: string,
    env: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string | null> {
    if (env.KIRO_API_KEY) return null
    const result = await this.#ask([binary, 'whoami'], env, signal)
    if (result.exitCode === 0) return null
    if (result.timedOut) {
      return `kiro-cli seems not signed in: \`kiro-cli whoami\` did not answer within ${this.#limitMs} ms. ${SIGN_IN_REMEDY}`
    }
    return `kiro-cli is not signed in. ${SIGN_IN_REMEDY}`
  }

  async #ask(
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
}
