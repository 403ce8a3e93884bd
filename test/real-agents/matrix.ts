import { NOT_RUN, REAL_AGENTS } from './agents.js'
import { CAPABILITIES, type Capability } from './capabilities.js'

const NAMES = Object.keys(CAPABILITIES) as Capability[]

/** The table of docs/internals/agents.md: what the suite proves of each agent, or why it does not. */
export function matrix(): string {
  const rows = REAL_AGENTS.map(({ name, programs, cannot }) => [
    programs === 'first' ? name : `${name} (\`all\`)`,
    ...NAMES.map((capability) => cannot[capability] ?? 'proven'),
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
  return NAMES.map(
    (capability) => `- ${capability}: it ${CAPABILITIES[capability]} (\`${fileOf(capability)}\`)`,
  ).join('\n')
}

const fileOf = (capability: Capability) => `${capability.replaceAll(' ', '-')}.test.ts`
