import { Cron } from 'croner'
import { z } from 'zod'
import { isLoopback } from '../domain/loopback.js'
import { agentNameSchema, agentSchema } from './agent-settings.js'

/** Seconds that JavaScript's timers and the database's integers bear in milliseconds: about 31 years. */
const MAX_SECONDS = 1_000_000_000

const seconds = z.number().positive().max(MAX_SECONDS)

/** Every setting of the daemon, as the config file spells it. Units are in the names. */
export const settingsSchema = z.strictObject({
  maxTasks: z.int().min(1).max(100_000).describe('Active tasks (pending and running); one more is refused.'),
  concurrency: z.int().min(1).max(1000).describe('Tasks that run at once.'),
  taskTtlSeconds: z
    .int()
    .min(0)
    .max(MAX_SECONDS)
    .describe('How long an ended task stays, where it names no time of its own.'),
  cleanupCron: z
    .string()
    .refine(isCron, 'is not a cron pattern, for example "* * * * *" for every minute')
    .describe('When the purge looks for tasks that are past their time.'),
  taskTimeoutSeconds: seconds.nullable().describe('Time limit of a task; null for none.'),
  stallTimeoutSeconds: seconds
    .nullable()
    .describe('A task that prints nothing for so long is ended; null for never.'),
  outputLimitBytes: z
    .int()
    .min(1024)
    .max(Number.MAX_SAFE_INTEGER)
    .describe("Bound for one task's output; more ends the task."),
  host: z
    .string()
    .refine(isLoopback, 'must be this machine: 127.0.0.1, ::1 or localhost')
    .describe('Address to listen on: 127.0.0.1 or another one of this machine alone.'),
  port: z.int().min(0).max(65_535).describe('Port to listen on; 0 picks a free one.'),
  defaultAgent: agentNameSchema.describe('The agent of a task that names none.'),
  agents: z.record(agentNameSchema, agentSchema).describe('The configured agents by name.'),
  allowedRoots: z
    .array(z.string().regex(/^\//, 'must be an absolute path'))
    .describe('Working directories must lie under one of these; empty for anywhere.'),
  toolPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,32}$/, 'must be at most 32 letters, digits, "_", "-"')
    .describe('Beginning of the names of the MCP tools.'),
  killGraceSeconds: z.number().min(0).max(3600).describe('Time between SIGTERM and SIGKILL.'),
  maxMessageBytes: z
    .int()
    .min(1)
    .max(256 * 1024 * 1024)
    .describe('Bound for one message.'),
  durability: z
    .enum(['full', 'normal'])
    .describe('full: a power cut loses nothing that was seen; normal: it may lose the last moments.'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).describe('How much is logged.'),
})

export type Settings = z.output<typeof settingsSchema>
export type SettingName = keyof Settings

/** Names in the order in which they are shown. */
export const SETTING_NAMES = Object.keys(settingsSchema.shape) as SettingName[]

export const DEFAULT_SETTINGS: Settings = {
  maxTasks: 100,
  concurrency: 8,
  taskTtlSeconds: 7 * 24 * 3600,
  cleanupCron: '* * * * *',
  taskTimeoutSeconds: null,
  stallTimeoutSeconds: null,
  outputLimitBytes: 64 * 1024 * 1024,
  host: '127.0.0.1',
  port: 7463,
  defaultAgent: 'kiro',
  agents: { kiro: { kind: 'kiro', args: [], env: {}, passEnv: [] } },
  allowedRoots: [],
  toolPrefix: 'kiro_',
  killGraceSeconds: 5,
  maxMessageBytes: 4 * 1024 * 1024,
  durability: 'full',
  logLevel: 'info',
}

/** The config file: any of the settings. `$schema` is for editors. */
export const configFileSchema = settingsSchema.partial().extend({
  $schema: z.string().optional().describe('Where the schema of this file is.'),
})

function isCron(pattern: string): boolean {
  try {
    const job = new Cron(pattern, { paused: true })
    const next = job.nextRun()
    job.stop()
    return next !== null
  } catch {
    return false
  }
}
