import type { AgentVariables } from '../program/environment.js'
import type { Program } from '../program/preflight.js'
import type { SignIn } from '../program/sign-in.js'
import type { Fields } from './event-fields.js'
import type { HeadlessRun } from './run.js'

/** Input for the command line of a turn. */
export interface TurnRequest {
  model: string | null
  /** The agent's id of the conversation to continue; null for a new one. */
  resume: string | null
  /** Allow all tools; otherwise the agent's own configuration decides. */
  allow: boolean
  /** Further arguments from the settings. */
  args: string[]
}

/** The specifics of an agent that runs one turn and prints one JSON event per line. */
export interface HeadlessKind extends Program {
  readonly kind: string
  /** The name of the agent in messages. */
  readonly title: string
  readonly variables: AgentVariables
  readonly signIn: SignIn
  /** Arguments of a turn, without the message, which is standard input. */
  arguments(request: TurnRequest): string[]
  /** First arguments for a message, if the program prefers it as an argument. */
  messageArguments?(message: string): string[]
  /** Adds an event to the run. Never throws, whatever the event contains. */
  read(event: Fields, run: HeadlessRun): void
  /** The usual reason for an end without terminal event and error, with the remedy. */
  readonly unfinished?: string
  /** Maximum size of a message that the program reads completely. */
  readonly maxMessageBytes?: number
}
