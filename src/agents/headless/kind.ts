import type { AgentVariables } from '../program/environment.js'
import type { Program } from '../program/preflight.js'
import type { SignIn } from '../program/sign-in.js'
import type { Fields } from './event-fields.js'
import type { HeadlessRun } from './run.js'

/** What a kind makes a command line of. */
export interface TurnRequest {
  model: string | null
  /** The agent's own id of the conversation to go on with; null for a new one. */
  resume: string | null
  /** All tools may be used without asking; else the agent's own configuration decides. */
  allow: boolean
  /** More arguments, from the settings. */
  args: string[]
}

/** All that is special about an agent that runs one turn by itself and prints one JSON event a line. */
export interface HeadlessKind extends Program {
  readonly kind: string
  /** The agent's name in sentences. */
  readonly title: string
  readonly variables: AgentVariables
  readonly signIn: SignIn
  /** Arguments of a turn, without the message, which is standard input. */
  arguments(request: TurnRequest): string[]
  /** Arguments for a message that can be one, where the program prefers that; they come first. */
  messageArguments?(message: string): string[]
  /** Says to the run what an event means. Whatever the event holds, it does not throw. */
  read(event: Fields, run: HeadlessRun): void
  /** What it mostly means when a run ends without its terminal event and without an error, with the remedy. */
  readonly unfinished?: string
  /** Longest message that the program reads whole. */
  readonly longestMessageBytes?: number
}
