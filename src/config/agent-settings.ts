import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { PERMISSION_POLICIES } from '../domain/permission-policy.js'

/** Text without NUL, which cannot be passed to a process. */
const text = z.string().regex(/^[^\0]*$/, 'must not contain a NUL character')

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must consist of letters, digits and "_" and not start with a digit')

/** Fields of every kind; their types are those of AgentSettings in domain/adapter.ts. */
const common = {
  binary: text.min(1).optional().describe('Path of the program, if it is not on PATH.'),
  args: z.array(text).default([]).describe('Further arguments for the program.'),
  env: z.record(variableName, text).default({}).describe('Environment variables added for this agent.'),
  passEnv: z
    .array(variableName)
    .default([])
    .describe("Names of the daemon's environment variables to pass through."),
  model: z.string().regex(/^[^-]/, 'must not start with "-"').optional().describe('The default model.'),
  concurrency: z.int().min(1).max(1000).optional().describe('Maximum number of running tasks of this agent.'),
  timeoutSeconds: z.number().positive().optional().describe("Time limit of this agent's tasks."),
  stallSeconds: z.number().positive().optional().describe("Silence limit of this agent's tasks."),
}

const argv = z
  .array(text)
  .min(1)
  .refine(([program]) => program !== '', 'must start with the name of a program')

const command = z
  .strictObject({
    kind: z.literal('command'),
    argv: argv.describe(
      'Program and arguments; {message} and {session_id} are replaced within single arguments.',
    ),
    input: z
      .enum(['argument', 'stdin'])
      .optional()
      .describe('How the message is passed: in place of {message} in an argument, or as standard input.'),
    ...common,
  })
  .describe('Any command; its output is the answer.')

const askingPermissions = z
  .enum(PERMISSION_POLICIES)
  .optional()
  .describe('Response to permission requests: ask passes them to a person; the default is deny.')

const acp = z
  .strictObject({
    kind: z.literal('acp'),
    argv: argv.describe('Program and arguments that start it with ACP, such as ["gemini", "--acp"].'),
    permissions: askingPermissions,
    authMethod: text.min(1).optional().describe('Id of the sign-in method, if the agent requires one.'),
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
      .describe('Protocol of kiro-cli: chat prints one turn (default); acp can ask for permissions.'),
    permissions: askingPermissions,
    authMethod: text.min(1).optional().describe('With protocol acp: id of the sign-in method.'),
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

/** Agents that run one turn without interaction. */
function headless<Kind extends string>(kind: Kind, title: string) {
  return z
    .strictObject({
      kind: z.literal(kind),
      permissions: z
        .enum(['allow', 'deny'], {
          error: ({ input }) => (input === 'ask' ? CANNOT_ASK : 'it must be "allow" or "deny"'),
        })
        .optional()
        .describe('allow permits all tools; deny (default) leaves this to its own configuration.'),
      ...common,
    })
    .describe(`${title}, which must be installed and signed in.`)
}

const module = z
  .strictObject({
    kind: z.literal('module'),
    module: text
      .regex(/^(\/|~\/)./, 'must be an absolute path or start with "~/"')
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

/** The kinds that can be configured. */
export const AGENT_KINDS: readonly string[] = SCHEMAS.flatMap((schema): string[] => [
  ...schema.shape.kind.values,
])

/** Names of agents. They are used as arguments, so they never start with `-`. */
export const agentNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be 1-64 letters, digits, ".", "_", "-"')
  .refine((name) => name !== 'exec', 'must not be "exec", which is the agent of `spoold exec`')
