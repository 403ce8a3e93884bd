import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../domain/errors.js'
import { readDaemonFile } from '../state/daemon-file.js'
import { inspectEntry } from '../state/entries.js'
import { statePaths } from '../state/paths.js'
import { ConnectionLost, type Endpoint, type Exchange, postMessage, type RpcMessage } from './rpc.js'
import { withTimeLimit } from './time-limit.js'
import { lostDaemon } from './unreachable.js'

/** As whom the daemon is asked: with the token of MCP clients, or the operator's. */
export type Role = 'client' | 'operator'

export interface LinkOptions {
  stateDirectory: string
  as: Role
  /** Starts a daemon where none came back by itself; absent, none is started. */
  revive?: (() => Promise<unknown>) | undefined
}

export interface SendOptions extends Pick<Exchange, 'headers' | 'onHeaders'> {
  /** Whether the daemon may get the message twice without harm. */
  repeatable: boolean
  /** How long to wait for a daemon that is away, ms from the moment it was missed. */
  patienceMs: number
  /** How long one answer may take, ms; counted anew from each sign that it is on its way. */
  answerLimitMs: number
  signal?: AbortSignal | undefined
  /** Takes what the daemon tells before it answers, in order; again from the start where the message is sent again. */
  onMessage?: ((message: RpcMessage) => void) | undefined
  /**
   * For a stream that outlives its daemon: whether an answer that ended it is to be followed by another try. Once it has
   * begun, a daemon that is away is waited for without an end, and none is started for it.
   */
  reopens?: ((answer: RpcMessage | undefined) => boolean) | undefined
}

/** A daemon that answered before, so may be restarting, gets this long to come back before one is started. */
const REVIVE_AFTER_MS = 3_000
/** A daemon that answers and refuses the token is not away; only the file that tells the new token may be. */
const STRANGER_PATIENCE_MS = 5_000
/** MCP clients wait 15 s and more for the answer to their first message. */
const FIRST_PATIENCE_MS = 10_000
const MAX_PAUSE_MS = 500

/**
 * The way to the daemon of a state directory, through its restarts: daemon.json is read again when nobody answers or
 * the token has become another one.
 */
export class DaemonLink {
  readonly #options: LinkOptions
  #endpoint: Endpoint | undefined
  #hasAnswered = false
  /** Calls that miss the daemon at the same time start one together. */
  #reviving: Promise<unknown> | undefined

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /**
   * Sends a message, again where that is needed; `makeMessage` gets the ms since the first try. Throws SpoolError
   * `daemon_unreachable` when the patience is over, or at once when the connection broke under what is not repeatable,
   * and `state_directory_invalid` where the directory is not this user's.
   */
  async send(
    makeMessage: (elapsedMs: number) => RpcMessage,
    options: SendOptions,
  ): Promise<RpcMessage | undefined> {
    const start = performance.now()
    let away = notAway()
    let hasBegun = false
    const onMessage = (message: RpcMessage) => {
      hasBegun = true
      this.#hasAnswered = true
      away = notAway()
      options.onMessage?.(message)
    }
    for (let pause = 25; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      options.signal?.throwIfAborted()
      const endpoint = this.#resolve(away.refusedToken)
      if (endpoint !== undefined) {
        const tried = await tryOnce(endpoint, makeMessage(performance.now() - start), {
          ...options,
          onMessage,
        })
        if (!('missed' in tried)) {
          this.#hasAnswered = true
          return tried.answer
        }
        away.error = tried.missed
        if (tried.wrongToken) away.refusedToken = endpoint.token
      }
      this.#endpoint = undefined
      const isOpen = hasBegun && options.reopens !== undefined
      await this.#waitForReturn(away, pause, { ...options, isOpen })
    }
  }

  async #waitForReturn(
    away: Away,
    pauseMs: number,
    options: SendOptions & { isOpen: boolean },
  ): Promise<void> {
    away.since ??= performance.now()
    const awayFor = performance.now() - away.since
    const isStranger = away.refusedToken !== undefined
    const patienceMs = options.isOpen ? Number.POSITIVE_INFINITY : this.#patience(options)
    if (awayFor > (isStranger ? Math.min(STRANGER_PATIENCE_MS, patienceMs) : patienceMs)) {
      throw away.error instanceof SpoolError
        ? away.error
        : lostDaemon(this.#options.stateDirectory, away.error)
    }
    const reviveAfter = this.#hasAnswered ? REVIVE_AFTER_MS : 0
    const { revive } = this.#options
    if (revive !== undefined && !options.isOpen && !away.hasRevived && awayFor >= reviveAfter) {
      away.hasRevived = true
      this.#reviving ??= revive().finally(() => {
        this.#reviving = undefined
      })
      await this.#reviving
    } else {
      // An abort ends the pause; the next round throws the signal's own reason.
      await sleep(pauseMs, undefined, { signal: options.signal }).catch(() => {})
    }
  }

  /** Where none was ever there and none may be started, one is hardly on its way. */
  #patience({ patienceMs }: SendOptions): number {
    const isHopeless = !this.#hasAnswered && this.#options.revive === undefined
    return isHopeless ? Math.min(patienceMs, FIRST_PATIENCE_MS) : patienceMs
  }

  /** Undefined while no daemon is to be found, or only the one that refused this token. */
  #resolve(refusedToken: string | undefined): Endpoint | undefined {
    this.#endpoint ??= readEndpoint(this.#options)
    return this.#endpoint?.token === refusedToken ? undefined : this.#endpoint
  }
}

/** What is known while a daemon is missed. */
interface Away {
  since: number | undefined
  error: unknown
  /** The daemon that has refused it is not asked with it again. */
  refusedToken: string | undefined
  hasRevived: boolean
}

function notAway(): Away {
  return { since: undefined, error: undefined, refusedToken: undefined, hasRevived: false }
}

type Tried = { answer: RpcMessage | undefined } | { missed: unknown; wrongToken: boolean }

async function tryOnce(endpoint: Endpoint, message: RpcMessage, options: SendOptions): Promise<Tried> {
  try {
    const { answerLimitMs, reopens, headers, onHeaders, onMessage } = options
    const answer = await withTimeLimit(answerLimitMs, options.signal, (signal, onSign) =>
      postMessage(endpoint, message, signal, { headers, onHeaders, onMessage, onSign }),
    )
    const isOver = !isShuttingDown(answer) && reopens?.(answer) !== true
    return isOver ? { answer } : { missed: undefined, wrongToken: false }
  } catch (error) {
    if (error instanceof ConnectionLost) {
      if (error.mayHaveArrived && !options.repeatable) throw brokenInTheMiddle(error)
      return { missed: error, wrongToken: false }
    }
    // A daemon that was started anew has another operator's token; the refused message was not looked at.
    if (error instanceof SpoolError && error.code === 'unauthorized')
      return { missed: error, wrongToken: true }
    throw error
  }
}

/** Throws SpoolError `state_directory_invalid` for what another user could have written: it would get our messages. */
function readEndpoint({ stateDirectory, as }: LinkOptions): Endpoint | undefined {
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

/** The daemon refused the call because it is about to end; that changed nothing, so another can be asked. */
function isShuttingDown(answer: RpcMessage | undefined): boolean {
  const told = answer?.result?.isError === true ? answer.result.structuredContent : answer?.error?.data
  return typeof told === 'object' && told !== null && 'code' in told && told.code === 'shutting_down'
}

function brokenInTheMiddle(cause: unknown): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    'The connection to the daemon broke before it answered; look at what it did (spoold ls --all) before doing it again',
    { cause },
  )
}
