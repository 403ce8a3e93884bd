import { z } from 'zod'

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

const input = z
  .enum(['argument', 'stdin'])
  .optional()
  .describe('Whether the message replaces {message} in an argument or is given as standard input.')

const command = z
  .strictObject({
    kind: z.literal('command'),
    argv: z
      .array(text)
      .min(1)
      .refine(([program]) => program !== '', 'must begin with the name of a program')
      .describe('Program and arguments; {message} and {session_id} are replaced inside one argument each.'),
    input,
    ...common,
  })
  .describe('Any command; what it prints is the answer.')

const kiro = z
  .strictObject({ kind: z.literal('kiro'), ...common })
  .describe('kiro-cli, which must be installed and signed in.')

/** One configured agent, by its kind. */
export const agentSchema = z.discriminatedUnion('kind', [command, kiro])

/** The kinds that the configuration knows. */
export const AGENT_KINDS: readonly string[] = [command, kiro].flatMap((schema) => [
  ...schema.shape.kind.values,
])

/** Names under which agents are configured. They are shown in tables and given as arguments: so no `-` first. */
export const agentNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be 1-64 letters, digits, ".", "_", "-"')
  .refine((name) => name !== 'exec', 'must not be "exec", which is the agent of `spoold exec`')
