/*
 * `spoold/agent`: for agents written as JavaScript modules (kind `module`). The default export of the module is the agent, a
 * function; `defineAgent` only adds types. It runs in a separate process in the working directory of the task, so it
 * continues while the daemon is restarted.
 */

/** The input of the agent. */
export interface AgentTurn {
  message: string
  session: {
    /** The conversation, the same in all of its turns. */
    id: string
    /** The last value of `output.remember` in an earlier turn of this conversation; null if there is none. */
    memory: string | null
  }
  /** The model of the task, otherwise of the agent's settings, otherwise null. */
  model: string | null
  /** Absolute path; also the working directory of the process. */
  workingDirectory: string
  /**
   * Aborts when the task is cancelled or reaches a limit. Later output is kept until the function returns, or until the
   * process is killed after the grace period (`killGraceSeconds`).
   */
  signal: AbortSignal
}

/** A part of the output: `text` is the answer, `thought` and `tool` are steps towards it, `notice` is for the user. */
export interface AgentPiece {
  kind: 'text' | 'thought' | 'tool' | 'notice'
  content: string
}

/**
 * The output of the turn. Each call writes its content before it returns, so output does not accumulate in memory and is not
 * lost if the process ends.
 */
export interface AgentOutput {
  /** Adds text to the answer unchanged: a word, a line, or all of it. The result of the task is these texts joined. */
  text(content: string): void
  /** Adds a thought, which is not part of the result. */
  thought(content: string): void
  /** Adds one line about an action of the agent: what, on what, with what outcome. */
  tool(line: string): void
  /** Adds one line for the user who follows the task. */
  notice(line: string): void
  /**
   * Stores 1 to 200 characters for the next turn of this conversation, for example the id of a remote conversation; the last
   * call counts. Throws RangeError for other lengths: store more in a file named by `turn.session.id`.
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
 * An agent: performs one turn. It writes to `output`, or returns a string, a piece, or an iterable of these (such as a
 * generator), or both. The task is completed when it returns and failed when it throws: the message of the error becomes the
 * error of the task, its stack goes to the task's diagnostics.
 */
export type Agent = (
  turn: AgentTurn,
  output: AgentOutput,
) => undefined | AgentResult | Promise<undefined | AgentResult> | Promise<void>

/**
 * Adds types to an agent; returns the function unchanged.
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
