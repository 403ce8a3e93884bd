import type { Piece } from './chunk.js'
import type { Json } from './json.js'
import type { PermissionPolicy } from './permission-policy.js'
import type { Question } from './question.js'
import type { EndReason } from './task.js'

/** The two append-only files that a task's process writes to. */
export const STREAMS = ['out', 'err'] as const
export type Stream = (typeof STREAMS)[number]

/** The settings of one configured agent, with defaults applied; config/agent-settings.ts describes them. */
export interface AgentSettings {
  kind: string
  binary?: string | undefined
  argv?: string[] | undefined
  args: string[]
  env: Record<string, string>
  passEnv: string[]
  model?: string | undefined
  input?: 'argument' | 'stdin' | undefined
  concurrency?: number | undefined
  timeoutSeconds?: number | undefined
  stallSeconds?: number | undefined
  permissions?: PermissionPolicy | undefined
  /** Kind `acp`: the id of the sign-in method to use if the agent requires one. */
  authMethod?: string | undefined
  /** Kind `kiro`: the protocol to use; default `chat`. */
  protocol?: 'chat' | 'acp' | undefined
  /** Kind `module`: path of the JavaScript module. */
  module?: string | undefined
}

/** What an agent is asked to do: answer one message in one conversation. */
export interface Turn {
  message: string
  sessionId: string
  /** The agent's own id of the conversation to continue; null for a new one. */
  agentSessionId: string | null
  model: string | null
  workingDirectory: string
  settings: AgentSettings
  /** The command line of `spoold exec`; null for any other agent. */
  argv: string[] | null
  permissions: PermissionPolicy
}

/**
 * Standard input of a process: /dev/null; a message, then its end; or a dialogue, which stays open and carries the
 * messages of the decoder's `Dialogue`.
 */
export type Input = { is: 'none' } | { is: 'message'; text: string } | { is: 'dialogue' }

/** How to start the process of a turn. No part of it is interpreted by a shell. */
export interface Launch {
  /** Absolute path of the program, then its arguments. */
  argv: [string, ...string[]]
  env: Record<string, string>
  input: Input
  /** Initial state of the decoder for this launch; stored before the process starts. */
  decoderState: Json
}

/**
 * Turns the bytes of a spool into pieces. It is deterministic: splitting the bytes into calls in another way changes
 * only where pieces are split. Final bytes that cannot be decoded yet (half a character, half an escape sequence, half
 * a line of JSON) are *unsettled*: the offset that is stored with `state()` stops before them, and after a restart they
 * are passed in again. So the state stays small, whatever the agent prints.
 */
export interface Decoder {
  decode(stream: Stream, bytes: Uint8Array): Piece[]
  /** The streams have ended: returns the pieces that were held back. */
  end(): Piece[]
  /** How many bytes of this stream are unsettled. */
  unsettled(stream: Stream): number
  /** The state after the settled bytes; JSON of at most a few KiB. */
  state(): Json
  /** For a process whose Input is `dialogue`. */
  readonly dialogue?: Dialogue
}

/**
 * The messages to a running agent. They are part of the decoder's state: a message is committed before it is written,
 * always at the same offset of the input. So if the daemon dies in between, the next one writes the same bytes at the
 * same place, and the agent reads the message once.
 */
export interface Dialogue {
  /** The message that may not be written yet; null if there is none. `message` is the message of the task. */
  unwritten(message: string): OutgoingMessage | null
  /** The message returned by `unwritten` was written. */
  written(message: OutgoingMessage): void
  /** No more messages will be sent and none are expected: the input can be closed and the process can end. */
  isOver(): boolean
  /** The step of the setup that the agent must answer next, for an error message; null once it is at work. */
  preparing(): string | null
  /** The open question; the oldest one if there are several. */
  question(): Question | null
  /** Answers the question with that id, if it is still open. Returns the pieces that report it. */
  answer(questionId: string, optionId: string): Piece[]
  /** Asks the agent to stop. The dialogue is over when the agent confirms it. */
  cancel(): void
  /** Ends the dialogue with an error, one sentence. */
  fail(error: string): void
}

export interface OutgoingMessage {
  /** Offset in the input, in bytes. */
  offset: number
  text: string
}

/** What is known about a process that was not stopped. */
export interface Evidence {
  /**
   * As recorded by the wrapper: 128 + n after signal n. Null if none was recorded, or if spoold killed the process after
   * the end of its dialogue.
   */
  exitCode: number | null
  /** The decoder's state after the last byte. */
  decoderState: Json
  /** The end of standard error, for the error message: cleaned, at most 2,000 UTF-16 units. */
  stderrTail: string
}

export type Verdict =
  | { status: 'completed' }
  | { status: 'failed'; endReason: Extract<EndReason, 'exit' | 'agent_error'>; error: string }

/** Whether an agent can be used on this machine, and if not, what to do. */
export interface AgentReport {
  available: boolean
  /** Absolute path of the program; null if it was not found. */
  binary: string | null
  version: string | null
  signedIn: 'yes' | 'no' | 'unknown' | 'not_needed'
  /** One sentence that says why the agent cannot be used, and what to do; null if it can be used. */
  problem: string | null
}

/** The code of one agent kind. */
export interface AgentAdapter {
  readonly kind: string
  /**
   * Checks a request before its task is created. Throws SpoolError `message_too_large` or `invalid_input` for a request
   * that this agent can never accept.
   */
  check(request: Pick<Turn, 'message' | 'settings' | 'argv'>): void
  /**
   * Finds the program, checks within a time limit that it can be used, and resolves with how to start it.
   * Throws SpoolError `agent_missing`, `launch_error`, or what `check` throws; rejects when the signal aborts.
   */
  prepare(turn: Turn, signal: AbortSignal): Promise<Launch>
  /** A decoder that continues from a stored state. */
  decoder(state: Json): Decoder
  /** Judges how a task ended: `completed` only with positive proof. */
  verdict(evidence: Evidence): Verdict
  /** The agent's own id of the conversation, from the state of its decoder; null if there is none. */
  agentSessionId(state: Json): string | null
  report(settings: AgentSettings, signal: AbortSignal): Promise<AgentReport>
}

/** The agent of `spoold exec`. It always exists, is not among the names, and no configured agent can have its name. */
export const EXEC_AGENT = 'exec'

/** The configured agents, each with the adapter of its kind. */
export interface AgentRegistry {
  /** Throws SpoolError `agent_unknown`, which lists the existing names. */
  find(name: string): { settings: AgentSettings; adapter: AgentAdapter }
  /** The adapter of a kind, for a task whose agent may no longer be configured. Throws `agent_unknown`. */
  adapterOf(kind: string): AgentAdapter
  /** How many tasks of an agent can run at once; Infinity without a setting, or if the agent is no longer configured. */
  concurrencyOf(name: string): number
  names(): string[]
  /** Known agents that are not configured, and so cannot be started. */
  unconfigured(): UnconfiguredAgent[]
}

export interface UnconfiguredAgent {
  /** The name under which it would be configured. */
  name: string
  kind: string
  /** Never available; the problem says how to configure it. */
  report(signal: AbortSignal): Promise<AgentReport>
}
