import type { AgentTurn } from '../library/agent.js'

/** Standard input of the runner, as JSON: the turn without the signal, which exists only in the process. */
export type ModuleTurn = Omit<AgentTurn, 'signal'>
