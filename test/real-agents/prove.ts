import { describe, it } from 'vitest'
import { REAL_AGENTS, type RealAgent } from './agents.js'
import { CAPABILITIES, type Capability } from './capabilities.js'

/** Those that `npm run test:agents` installs; with `-- all` each one. */
export const CHOSEN_AGENTS = REAL_AGENTS.filter(
  ({ programs }) => programs === 'first' || process.env.REAL_AGENTS === 'all',
)

/** Makes the test of an capability for each chosen agent that has it. */
export function prove(capability: Capability, test: (agent: RealAgent) => Promise<void>): void {
  const able = CHOSEN_AGENTS.filter(({ cannot }) => cannot[capability] === undefined)
  describe.each(able)('$name', (agent) => {
    it(CAPABILITIES[capability], () => test(agent))
  })
}
