import { describe, it } from 'vitest'
import { ABILITIES, type Ability } from './abilities.js'
import { REAL_AGENTS, type RealAgent } from './agents.js'

/** Those that `npm run test:agents` installs; with `-- all` each one. */
export const CHOSEN_AGENTS = REAL_AGENTS.filter(
  ({ programs }) => programs === 'first' || process.env.REAL_AGENTS === 'all',
)

/** Makes the test of an ability for each chosen agent that has it. */
export function prove(ability: Ability, test: (agent: RealAgent) => Promise<void>): void {
  const able = CHOSEN_AGENTS.filter(({ cannot }) => cannot[ability] === undefined)
  describe.each(able)('$name', (agent) => {
    it(ABILITIES[ability], () => test(agent))
  })
}
