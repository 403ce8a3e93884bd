import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { PERMISSION_POLICIES } from '../domain/permission-policy.js'

/** What a process can be given: no NUL, which ends a string there. */
const text = z.string().regex(/^[^\0]*$/, 'must not contain a NUL character')

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be letters, digits and "_", and not begin with a digit')

/** Fields that every kind has; their types are those of AgentSettings in domain/adapter.ts. */
const common = {
  binary: text.min(1).optional().describe('The program, where it is not found on PATH.'),
  args: z.array(text).default([]).describe('More arguments for the program.'),
  env: z.record(variableName, text).default({}).describe('Environment variables added for this agent.'),
  passEnv: z
    .array(variableName)
    .default([])
    .describe("Names of the daemon's environment variables to pass through."),
  model: z
    .string()
    .regex(/^[^-]/, 'must not start with "-"')
    .optional()
    .describe('The model, where a task names none.'),
  concurrency: z.int().min(1).max(1000).optional().describe('Tasks of this agent that may run at once.'),
  timeoutSeconds: z.number().positive().optional().describe("Time limit of this agent's tasks."),
  stallSeconds: z.number().positive().optional().describe("Silence limit of this agent's tasks."),
}

const argv = z
  .array(text)
  .min(1)
  .refine(([program]) => program !== '', 'must begin with the name of a program')

const command = z
  .strictObject({
    kind: z.literal('command'),
    argv: argv.describe(
      'Program and arguments; {message} and {session_id} are replaced inside one argument each.',
    ),
    input: z
      .enum(['argument', 'stdin'])
      .optional()
      .describe('Whether the message replaces {message} in an argument or is given as standard input.'),
    ...common,
  })
  .describe('Any command; what it prints is the answer.')

const askingPermissions = z
  .enum(PERMISSION_POLICIES)
  .optional()
  .describe(
    'What is answered when it asks for a permission: ask hands the question to a person; deny by default.',
  )

const acp = z
  .strictObject({
    kind: z.literal('acp'),
    argv: argv.describe('Program and arguments that make it speak ACP, for example ["gemini", "--acp"].'),
    permissions: askingPermissions,
    authMethod: text
      .min(1)
      .optional()
      .describe('Id of the sign-in method to use, where the agent asks for one.'),
    ...common,
  })
  .describe('Any agent that speaks the Agent Client Protocol on its standard streams.')

const ASKING_KIRO = '"kind": "kiro" with "protocol": "acp"'

const kiro = z
  .strictObject({
    kind: z.literal('kiro'),
    protocol: z
      .enum(['chat', 'acp'])
      .optional()
      .describe(
        'How kiro-cli is spoken to: chat prints one turn (the default); acp can ask for permissions.',
      ),
    permissions: askingPermissions,
    authMethod: text.min(1).optional().describe('With protocol acp: id of the sign-in method to use.'),
    ...common,
  })
  .refine(({ protocol, permissions }) => protocol === 'acp' || permissions !== 'ask', {
    path: ['permissions'],
    error: `cannot be "ask" here, because kiro-cli cannot ask in its chat protocol; use ${ASKING_KIRO}, or "allow" or "deny"`,
  })
  .refine(({ protocol, authMethod }) => protocol === 'acp' || authMethod === undefined, {
    path: ['authMethod'],
    error: `is only for ${ASKING_KIRO}`,
  })
  .describe('kiro-cli, which must be installed and signed in.')

const CANNOT_ASK =
  'an agent of this kind cannot ask; use "kind": "acp" for one that can, or "allow" or "deny"'

/** Agents that run one turn by themselves: nobody can answer them while they work. */
function headless<Kind extends string>(kind: Kind, title: string) {
  return z
    .strictObject({
      kind: z.literal(kind),
      permissions: z
        .enum(['allow', 'deny'], {
          error: ({ input }) => (input === 'ask' ? CANNOT_ASK : 'it must be "allow" or "deny"'),
        })
        .optional()
        .describe('allow lets it use all tools; deny, the default, leaves that to its own configuration.'),
      ...common,
    })
    .describe(`${title}, which must be installed and signed in.`)
}

const module = z
  .strictObject({
    kind: z.literal('module'),
    module: text
      .regex(/^(\/|~\/)./, 'must be an absolute path, or begin with "~/"')
      .transform((path) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path))
      .describe('Path of the JavaScript module: absolute, or below the home directory with "~/".'),
    ...common,
  })
  .describe('An agent written as a JavaScript module.')

const SCHEMAS = [
  command,
  kiro,
  acp,
  headless('claude', 'Claude Code'),
  headless('codex', 'Codex'),
  headless('gemini', 'Gemini CLI'),
  headless('opencode', 'OpenCode'),
  headless('copilot', 'Copilot CLI'),
  module,
] as const

/** One configured agent, by its kind. */
export const agentSchema = z.discriminatedUnion('kind', SCHEMAS)

/** The kinds that the configuration knows. */
export const AGENT_KINDS: readonly string[] = SCHEMAS.flatMap((schema): string[] => [
  ...schema.shape.kind.values,
])

/** Names under which agents are configured. They are shown in tables and given as arguments: so no `-` first. */
export const agentNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be 1-64 letters, digits, ".", "_", "-"')
  .refine((name) => name !== 'exec', 'must not be "exec", which is the agent of `spoold exec`')
