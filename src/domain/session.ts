/** A conversation with one agent in one working directory; its tasks run one after another. */
export interface Session {
  id: string
  agent: string
  workingDirectory: string
  /** The agent's own id of the conversation, by which it is resumed; null until the agent has reported it. */
  agentSessionId: string | null
  createdAt: number
  lastUsedAt: number
  endedAt: number | null
  taskCount: number
}

/** One message of a session and the answer to it. */
export interface Exchange {
  taskId: string
  message: string
  status: string
  createdAt: number
  completedAt: number | null
  answer: string
  /** True if `answer` is cut; the rest can be read by chunks. */
  truncated: boolean
  error: string | null
}
