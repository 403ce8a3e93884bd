/*
 * `spoold/agent`: what a person needs who writes an agent as a JavaScript module (kind `module`). The module's default
 * export is the agent: a function, which `defineAgent` only gives its types. It runs in a process of its own, with the
 * task's working directory as its own, so it goes on while the daemon is restarted.
 */

/** What the agent is asked to do. */
export interface AgentTurn {
  message: string
  session: {
    /** The conversation: the same in each of its turns. */
    id: string
    /** What the agent gave to `output.remember` in an earlier turn of this conversation; null before that. */
    memory: string | null
  }
  /** The model that the task names, else that of the agent's settings, else null. */
  model: string | null
  /** Absolute path; also the working directory of the process. */
  workingDirectory: string
  /**
   * Aborts when the task is cancelled or at one of its limits. What the agent says from then on is kept until it has
   * returned, or until the grace (`killGraceSeconds`) is over and the process is killed.
   */
  signal: AbortSignal
}

/** A part of the output: `text` is the answer, `thought` and `tool` tell of the way to it, `notice` is for the person. */
export interface AgentPiece {
  kind: 'text' | 'thought' | 'tool' | 'notice'
  content: string
}

/**
 * Where the output goes. Each call hands its content on at once, before it returns, so nothing piles up in memory, and
 * nothing is lost if the process ends right after it.
 */
export interface AgentOutput {
  /** Adds to the answer, exactly as given: a word, a line, or all of it. The task's result is these joined. */
  text(content: string): void
  /** Adds to what the agent thinks on the way; it is no part of the result. */
  thought(content: string): void
  /** One line about something that the agent did: what, on what, and how it went. */
  tool(line: string): void
  /** One line for the person who follows the task. */
  notice(line: string): void
  /**
   * Keeps 1 to 200 characters for the next turn of this conversation, for example the id of a conversation elsewhere;
   * the last call counts. RangeError for other lengths: keep more in a file that is named by `turn.session.id`.
   */
  remember(memory: string): void
}

/** A string is a part of the answer. */
export type AgentResult =
  | string
  | AgentPiece
  | Iterable<string | AgentPiece>
  | AsyncIterable<string | AgentPiece>

/**
 * An agent: does one turn. It writes to `output`, or gives what it has to say: a string, a piece, or an iterable of
 * these (as a generator does); or both. The task is completed when it returns, and failed when it throws: the error's
 * message is what the task's client is told, its stack goes to the task's diagnostics.
 */
export type Agent = (
  turn: AgentTurn,
  output: AgentOutput,
) => undefined | AgentResult | Promise<undefined | AgentResult> | Promise<void>

/**
 * Gives an agent its types; the function itself is what the module exports.
 *
 * @example
 * export default defineAgent(async function* ({ message, signal }, output) {
 *   output.thought('Looking it up.\n')
 *   for await (const token of askModel(message, { signal })) yield token
 * })
 */
export function defineAgent(agent: Agent): Agent {
  return agent
}
