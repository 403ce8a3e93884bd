import { ABILITIES, type Ability } from './abilities.js'
import { NOT_RUN, REAL_AGENTS } from './agents.js'

const NAMES = Object.keys(ABILITIES) as Ability[]

/** The table of docs/internals/agents.md: what the suite proves of each agent, or why it does not. */
export function matrix(): string {
  const rows = REAL_AGENTS.map(({ name, programs, cannot }) => [
    programs === 'first' ? name : `${name} (\`all\`)`,
    ...NAMES.map((ability) => cannot[ability] ?? 'proven'),
  ])
  return [['agent', ...NAMES], ['', ...NAMES].map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** The agents that the suite does not run, with the reason. */
export function notRun(): string {
  return NOT_RUN.map(({ name, why }) => `- ${name}: ${why}`).join('\n')
}

/** What each column means: the name of its test, and the file. */
export function columns(): string {
  return NAMES.map((ability) => `- ${ability}: it ${ABILITIES[ability]} (\`${fileOf(ability)}\`)`).join('\n')
}

const fileOf = (ability: Ability) => `${ability.replaceAll(' ', '-')}.test.ts`
