import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../domain/errors.js'
import { isObject } from '../domain/json.js'
import type { Caller } from '../domain/service.js'
import { readDaemonFile } from '../state/daemon-file.js'
import { inspectEntry } from '../state/entries.js'
import { statePaths } from '../state/paths.js'
import { ConnectionLost, type Endpoint, type Exchange, postMessage } from './rpc.js'
import type { RpcMessage } from './rpc-message.js'
import { withTimeLimit } from './time-limit.js'
import { daemonLost } from './unreachable.js'

export interface DaemonConnectionOptions {
  stateDirectory: string
  as: Caller
  /** Starts a daemon if none comes back by itself; without it none is started. */
  respawn?: (() => Promise<unknown>) | undefined
}

export interface SendOptions extends Pick<Exchange, 'headers' | 'onHeaders'> {
  /** The daemon may receive the message twice without harm. */
  repeatable: boolean
  /** How long to wait for an absent daemon, ms from the first failed attempt. */
  patienceMs: number
  /** How long one response may take, ms; restarts whenever bytes arrive. */
  responseLimitMs: number
  signal?: AbortSignal | undefined
  /** Receives the messages before the response, in order; from the start again if the message is sent again. */
  onMessage?: ((message: RpcMessage) => void) | undefined
  /**
   * For a stream that continues across restarts of the daemon: whether to open it again after a response that ended it. Once the stream has
   * started, an absent daemon is waited for without limit, and none is started for it.
   */
  reopens?: ((response: RpcMessage | undefined) => boolean) | undefined
}

/** A daemon that has responded before may be restarting; it gets this long to come back before one is started. */
const RESPAWN_AFTER_MS = 3_000
/** A daemon that refuses the token is there; only the file with the new token may be late. */
const WRONG_TOKEN_PATIENCE_MS = 5_000
/** MCP clients wait 15 s and more for the response to their first message. */
const FIRST_PATIENCE_MS = 10_000
const MAX_PAUSE_MS = 500

/**
 * A connection to the daemon of a state directory, kept across its restarts: daemon.json is read again when the daemon
 * does not respond or refuses the token.
 */
export class DaemonConnection {
  readonly #options: DaemonConnectionOptions
  #endpoint: Endpoint | undefined
  #hasResponded = false
  /** Concurrent calls that find no daemon start one together. */
  #reviving: Promise<unknown> | undefined

  constructor(options: DaemonConnectionOptions) {
    this.#options = options
  }

  /**
   * Sends a message, again if needed; `makeMessage` receives the ms since the first attempt. Throws SpoolError
   * `daemon_unreachable` when `patienceMs` has passed, or at once if the connection broke under a message that is not
   * repeatable, and `state_directory_invalid` if the directory is not this user's.
   */
  async send(
    makeMessage: (elapsedMs: number) => RpcMessage,
    options: SendOptions,
  ): Promise<RpcMessage | undefined> {
    const start = performance.now()
    let absence = noAbsence()
    let hasBegun = false
    const onMessage = (message: RpcMessage) => {
      hasBegun = true
      this.#hasResponded = true
      absence = noAbsence()
      options.onMessage?.(message)
    }
    for (let pause = 25; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      options.signal?.throwIfAborted()
      const endpoint = this.#resolve(absence.rejectedToken)
      if (endpoint !== undefined) {
        const attempt = await sendOnce(endpoint, makeMessage(performance.now() - start), {
          ...options,
          onMessage,
        })
        if ('response' in attempt) {
          this.#hasResponded = true
          return attempt.response
        }
        absence.error = attempt.error
        if (attempt.wrongToken) absence.rejectedToken = endpoint.token
      }
      this.#endpoint = undefined
      const isOpen = hasBegun && options.reopens !== undefined
      await this.#waitForReturn(absence, pause, { ...options, isOpen })
    }
  }

  async #waitForReturn(
    absence: Absence,
    pauseMs: number,
    options: SendOptions & { isOpen: boolean },
  ): Promise<void> {
    absence.since ??= performance.now()
    const absentMs = performance.now() - absence.since
    const isWrongToken = absence.rejectedToken !== undefined
    const patienceMs = options.isOpen ? Number.POSITIVE_INFINITY : this.#patience(options)
    if (absentMs > (isWrongToken ? Math.min(WRONG_TOKEN_PATIENCE_MS, patienceMs) : patienceMs)) {
      throw absence.error instanceof SpoolError
        ? absence.error
        : daemonLost(this.#options.stateDirectory, absence.error)
    }
    const respawnAfter = this.#hasResponded ? RESPAWN_AFTER_MS : 0
    const { respawn } = this.#options
    if (respawn !== undefined && !options.isOpen && !absence.hasRespawned && absentMs >= respawnAfter) {
      absence.hasRespawned = true
      this.#reviving ??= respawn().finally(() => {
        this.#reviving = undefined
      })
      await this.#reviving
    } else {
      // An abort ends the pause; the next round throws the signal's reason.
      await sleep(pauseMs, undefined, { signal: options.signal }).catch(() => {})
    }
  }

  /** Without any sign of a daemon, and without the right to start one, a long wait is pointless. */
  #patience({ patienceMs }: SendOptions): number {
    const isPointless = !this.#hasResponded && this.#options.respawn === undefined
    return isPointless ? Math.min(patienceMs, FIRST_PATIENCE_MS) : patienceMs
  }

  /** Undefined while there is no daemon, or only the one that refused this token. */
  #resolve(rejectedToken: string | undefined): Endpoint | undefined {
    this.#endpoint ??= readEndpoint(this.#options)
    return this.#endpoint?.token === rejectedToken ? undefined : this.#endpoint
  }
}

/** What is known about an absent daemon. */
interface Absence {
  since: number | undefined
  error: unknown
  /** Not sent again to the daemon that refused it. */
  rejectedToken: string | undefined
  hasRespawned: boolean
}

function noAbsence(): Absence {
  return { since: undefined, error: undefined, rejectedToken: undefined, hasRespawned: false }
}

type Attempt = { response: RpcMessage | undefined } | { error: unknown; wrongToken: boolean }

async function sendOnce(endpoint: Endpoint, message: RpcMessage, options: SendOptions): Promise<Attempt> {
  try {
    const { responseLimitMs, reopens, headers, onHeaders, onMessage } = options
    const response = await withTimeLimit(responseLimitMs, options.signal, (signal, onActivity) =>
      postMessage(endpoint, message, signal, { headers, onHeaders, onMessage, onActivity }),
    )
    const isFinal = !isShuttingDown(response) && reopens?.(response) !== true
    return isFinal ? { response } : { error: undefined, wrongToken: false }
  } catch (error) {
    if (error instanceof ConnectionLost) {
      if (error.mayHaveArrived && !options.repeatable) throw connectionBroke(error)
      return { error, wrongToken: false }
    }
    // A restarted daemon has a new operator token; it did not process the refused message.
    if (error instanceof SpoolError && error.code === 'unauthorized') return { error, wrongToken: true }
    throw error
  }
}

/** Throws SpoolError `state_directory_invalid` for files that another user could have written: it would get our messages. */
function readEndpoint({ stateDirectory, as }: DaemonConnectionOptions): Endpoint | undefined {
  const paths = statePaths(stateDirectory)
  const daemon = readDaemonFile(paths.daemon)
  if (daemon === undefined) return undefined
  const token = as === 'operator' ? daemon.operator_token : readClientToken(paths.token)
  return token === undefined ? undefined : { url: daemon.url, token }
}

function readClientToken(path: string): string | undefined {
  if (inspectEntry(path, 'file') === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The daemon refused the call because it is stopping; nothing was changed, so the next daemon can be asked. */
function isShuttingDown(response: RpcMessage | undefined): boolean {
  const { result, error } = response ?? {}
  const details = result?.isError === true ? result.structuredContent : error?.data
  return isObject(details) && details.code === 'shutting_down'
}

function connectionBroke(cause: unknown): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    'The connection to the daemon broke before it responded; check what it did (spoold ls --all) before you try again',
    { cause },
  )
}
