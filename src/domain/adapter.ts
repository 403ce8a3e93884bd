import type { Piece } from './chunk.js'
import type { Json } from './json.js'
import type { PermissionPolicy } from './permission-policy.js'
import type { Question } from './question.js'
import type { EndReason } from './task.js'

/** The two append-only files into which a task's process writes. */
export const STREAMS = ['out', 'err'] as const
export type Stream = (typeof STREAMS)[number]

/** The settings of one configured agent, after defaults (see config/settings.ts for their meaning). */
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
  /** Kind `acp`: the id of the sign-in method to use, where the agent asks for one. */
  authMethod?: string | undefined
  /** Kind `kiro`: how it is spoken to; `chat` without it. */
  protocol?: 'chat' | 'acp' | undefined
  /** Kind `module`: path of the JavaScript module. */
  module?: string | undefined
}

/** What an agent is asked to do: one message in one conversation. */
export interface Turn {
  message: string
  sessionId: string
  /** The agent's own id of the conversation to go on with; null for a new one. */
  agentSessionId: string | null
  model: string | null
  workingDirectory: string
  settings: AgentSettings
  /** The command line of `spoold exec`, else null. */
  argv: string[] | null
  permissions: PermissionPolicy
}

export type Input = { is: 'none' } | { is: 'message'; text: string } | { is: 'dialogue' }

/** How to start the process of a turn. Nothing of it passes through a shell. */
export interface Launch {
  /** Absolute path of the program, then its arguments. */
  argv: [string, ...string[]]
  env: Record<string, string>
  /**
   * Standard input: `message` is given from a file and then ends; `none` is /dev/null; `dialogue` stays open, and
   * what the decoder's dialogue has to say is handed on as it comes.
   */
  input: Input
  /** First state of the decoder that fits this launch; saved before the process starts. */
  decoderState: Json
}

/**
 * Turns bytes of the spool into pieces. Deterministic: how the bytes are cut into calls changes nothing but where
 * pieces are cut. Bytes at the end that cannot be decided yet (half a character, half an escape sequence, half a
 * line of JSON) stay *unsettled*: the offset that is saved with `state()` stops before them, and after a restart
 * they are handed in again. So the state is small, whatever the agent prints.
 */
export interface Decoder {
  decode(stream: Stream, bytes: Uint8Array): Piece[]
  /** The streams are at their end: gives what is still held back. */
  end(): Piece[]
  /** How many of the bytes handed in for this stream are not settled. */
  unsettled(stream: Stream): number
  /** State after the settled bytes; JSON, below a few KiB. */
  state(): Json
  /** For an agent that is spoken to while it runs (Input `dialogue`). */
  readonly dialogue?: Dialogue
}

/**
 * What is said to an agent while it runs. It is part of the decoder's state: an utterance is committed before it is
 * written, always at the same place of the input, so that a daemon that died in between writes it again over itself
 * and the agent gets it once.
 */
export interface Dialogue {
  /** What is not known to be written yet, with its offset in the input, in bytes; null where there is nothing. */
  unwritten(message: string): OutgoingMessage | null
  /** That utterance, as `unwritten` gave it, is in the input. */
  written(utterance: OutgoingMessage): void
  /** Nothing more will be said or is expected: the input can be closed and the process ended. */
  isOver(): boolean
  /** What the agent has to answer before it gets to work, for a sentence about it; null when it is at work. */
  preparing(): string | null
  /** The permission that is asked for; the oldest where there are several. */
  question(): Question | null
  /** Answers the question of that id, if it is still open; gives what there is to tell about it. */
  answer(questionId: string, optionId: string): Piece[]
  /** Asks the agent to stop. It is over when the agent says so. */
  cancel(): void
  /** Ends the conversation with an error of ours, one sentence. */
  fail(error: string): void
}

export interface OutgoingMessage {
  offset: number
  text: string
}

/** What is known of a process that ended by itself. */
export interface Evidence {
  /**
   * As recorded by the wrapper; 128 + n for an end by signal n. Null where spoold ended a process whose dialogue was
   * over, since its own code is then not known.
   */
  exitCode: number | null
  /** The decoder's state after the last byte. */
  decoderState: Json
  /** Last part of standard error, for the sentence that says why (cleaned, at most 2,000 characters). */
  stderrTail: string
}

export type Verdict =
  | { status: 'completed' }
  | { status: 'failed'; endReason: Extract<EndReason, 'exit' | 'agent_error'>; error: string }

/** Whether an agent can be used here, and what to do where it cannot. */
export interface AgentReport {
  available: boolean
  /** Absolute path of the program; null where it is not found. */
  binary: string | null
  version: string | null
  signedIn: 'yes' | 'no' | 'unknown' | 'not_needed'
  /** One sentence on why it cannot be used and what to do; null where it can. */
  problem: string | null
}

/** The code of one agent kind. */
export interface AgentAdapter {
  readonly kind: string
  /**
   * Refuses what this agent could never be given, before a task is made of it: SpoolError `message_too_large` or
   * `invalid_input`.
   */
  check(request: Pick<Turn, 'message' | 'settings' | 'argv'>): void
  /**
   * Finds the program, checks that it can work (within a time limit), and says how to start it.
   * Throws SpoolError `agent_missing` or `launch_error`, or as `check` does; rejects when the signal aborts.
   */
  prepare(turn: Turn, signal: AbortSignal): Promise<Launch>
  /** A decoder that goes on from a saved state. */
  decoder(state: Json): Decoder
  /** Judges an end; says `completed` on positive proof only. */
  verdict(evidence: Evidence): Verdict
  /** The agent's own id of the conversation, as the state of the decoder knows it; null where there is none. */
  agentSessionId(state: Json): string | null
  report(settings: AgentSettings, signal: AbortSignal): Promise<AgentReport>
}

/** The agent of `spoold exec`. It is always there, is not among the names, and no configured one may be called so. */
export const EXEC_AGENT = 'exec'

/** The configured agents, each with the adapter of its kind. */
export interface AgentRegistry {
  /** Throws SpoolError `agent_unknown`, with the names that exist. */
  find(name: string): { settings: AgentSettings; adapter: AgentAdapter }
  /** The adapter of a kind, for a task whose agent may be configured no more. Throws `agent_unknown`. */
  adapterOf(kind: string): AgentAdapter
  /** How many tasks of an agent may run at once; Infinity where nothing is set or the agent is configured no more. */
  concurrencyOf(name: string): number
  names(): string[]
  /** Known agents that are not configured; none of them can be started. */
  unconfigured(): UnconfiguredAgent[]
}

export interface UnconfiguredAgent {
  /** Under which it would be configured. */
  name: string
  kind: string
  /** Never available; the problem says how it would be. */
  report(signal: AbortSignal): Promise<AgentReport>
}
