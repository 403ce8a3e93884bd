import { Cron } from 'croner'
import { z } from 'zod'
import { isLoopback } from '../domain/loopback.js'
import { agentNameSchema, agentSchema } from './agent-settings.js'

/** About 31 years: in milliseconds still a safe value for timers and the database. */
const MAX_SECONDS = 1_000_000_000

const seconds = z.number().positive().max(MAX_SECONDS)

/** Every setting of the daemon, by its name in the config file. Units are in the names. */
export const settingsSchema = z.strictObject({
  maxTasks: z.int().min(1).max(100_000).describe('Maximum number of active tasks (pending and running).'),
  concurrency: z.int().min(1).max(1000).describe('Maximum number of running tasks.'),
  taskTtlSeconds: z.int().min(0).max(MAX_SECONDS).describe('Default retention of ended tasks.'),
  cleanupCron: z
    .string()
    .refine(isCron, 'is not a cron pattern, such as "* * * * *" for every minute')
    .describe('Cron pattern of the purge.'),
  taskTimeoutSeconds: seconds.nullable().describe('Default time limit of a task; null for none.'),
  stallTimeoutSeconds: seconds
    .nullable()
    .describe('A task without output for this time is ended; null for never.'),
  outputLimitBytes: z
    .int()
    .min(1024)
    .max(Number.MAX_SAFE_INTEGER)
    .describe("Bound for one task's output; more ends the task."),
  host: z
    .string()
    .refine(isLoopback, 'must be this machine: 127.0.0.1, ::1 or localhost')
    .describe('Address to listen on: 127.0.0.1 or another loopback address.'),
  port: z.int().min(0).max(65_535).describe('Port to listen on; 0 picks a free one.'),
  defaultAgent: agentNameSchema.describe('The default agent.'),
  agents: z.record(agentNameSchema, agentSchema).describe('The configured agents by name.'),
  allowedRoots: z
    .array(z.string().regex(/^\//, 'must be an absolute path'))
    .describe('Working directories must be under one of these; empty allows any.'),
  toolPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,32}$/, 'must be at most 32 letters, digits, "_", "-"')
    .describe('Prefix of the names of the MCP tools.'),
  killGraceSeconds: z.number().min(0).max(3600).describe('Time between SIGTERM and SIGKILL.'),
  maxMessageBytes: z
    .int()
    .min(1)
    .max(256 * 1024 * 1024)
    .describe('Maximum size of a message.'),
  durability: z
    .enum(['full', 'normal'])
    .describe('full: a power cut loses no committed output; normal: it may lose the last moments.'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).describe('Log level.'),
})

export type Settings = z.output<typeof settingsSchema>
export type SettingName = keyof Settings

/** Names in display order. */
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

/** The config file: any subset of the settings. `$schema` is for editors. */
export const configFileSchema = settingsSchema.partial().extend({
  $schema: z.string().optional().describe('Location of the JSON schema.'),
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
