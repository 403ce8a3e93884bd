import { ABILITIES, type Ability } from './abilities.js'
import { NOT_RUN, REAL_AGENTS } from './agents.js'

const NAMES = Object.keys(ABILITIES) as Ability[]

/** The table of docs/agents.md: what the suite proves of each agent, or why it does not. */
export function matrix(): string {
  const rows = REAL_AGENTS.map(({ name, programs, cannot }) => [
    programs === 'first' ? name : `${name} (\`all\`)`,
    ...NAMES.map((ability) => cannot[ability] ?? 'proven'),
  ])
  const others = NOT_RUN.map(({ name, why }) => [name, ...NAMES.map(() => why)])
  return [['agent', ...NAMES], ['', ...NAMES].map(() => '---'), ...rows, ...others]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** What stands behind each column: the file of the test, and its name. */
export function columns(): string {
  return NAMES.map((ability) => `- ${ability}: it ${ABILITIES[ability]} (\`${fileOf(ability)}\`)`).join('\n')
}

const fileOf = (ability: Ability) => `${ability.replaceAll(' ', '-')}.test.ts`
