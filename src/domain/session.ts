/** A conversation with one agent in one working directory; its tasks run one after another. */
export interface Session {
  id: string
  agent: string
  workingDirectory: string
  /** The agent's own name for the conversation, by which it is resumed; null until the agent told it. */
  agentSessionId: string | null
  createdAt: number
  lastUsedAt: number
  endedAt: number | null
  taskCount: number
}

/** One message of a session and what came of it. */
export interface Exchange {
  taskId: string
  message: string
  status: string
  createdAt: number
  completedAt: number | null
  answer: string
  /** True when `answer` is only the beginning; the rest is read by chunks. */
  truncated: boolean
  error: string | null
}
