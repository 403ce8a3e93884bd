import { z } from 'zod'

/** Fields that every kind has; their types are those of AgentSettings in domain/adapter.ts. */
const common = {
  binary: z.string().min(1).optional().describe('The program, where it is not found on PATH.'),
  args: z.array(z.string()).default([]).describe('More arguments for the program.'),
  env: z
    .record(z.string().regex(/^[^=\0]+$/), z.string())
    .default({})
    .describe('Environment variables added for this agent.'),
  passEnv: z
    .array(z.string().min(1))
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
      .array(z.string())
      .min(1)
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
