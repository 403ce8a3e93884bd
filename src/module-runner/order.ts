import type { AgentTurn } from '../library/agent.js'

/** What the runner gets as its standard input, as JSON: the turn without what only a process can have. */
export type ModuleOrder = Omit<AgentTurn, 'signal'>
