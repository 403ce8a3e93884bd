import type { SettingName } from './settings.js'

/** Converts the text of a variable to the type of the setting. Invalid text is returned unchanged, for the schema to reject. */
type Reader = (text: string) => unknown

/** The environment variable of each setting. Agents are configured in the file only. */
export const ENVIRONMENT: Readonly<
  Record<Exclude<SettingName, 'agents'>, { variable: string; read: Reader }>
> = {
  maxTasks: { variable: 'SPOOLD_MAX_TASKS', read: number },
  concurrency: { variable: 'SPOOLD_CONCURRENCY', read: number },
  taskTtlSeconds: { variable: 'SPOOLD_TASK_TTL', read: number },
  cleanupCron: { variable: 'SPOOLD_CLEANUP_CRON', read: text },
  taskTimeoutSeconds: { variable: 'SPOOLD_TASK_TIMEOUT', read: numberOrNone },
  stallTimeoutSeconds: { variable: 'SPOOLD_STALL_TIMEOUT', read: numberOrNone },
  outputLimitBytes: { variable: 'SPOOLD_OUTPUT_LIMIT', read: number },
  host: { variable: 'SPOOLD_HOST', read: text },
  port: { variable: 'SPOOLD_PORT', read: number },
  defaultAgent: { variable: 'SPOOLD_DEFAULT_AGENT', read: text },
  allowedRoots: { variable: 'SPOOLD_ALLOWED_ROOTS', read: paths },
  toolPrefix: { variable: 'SPOOLD_TOOL_PREFIX', read: text },
  killGraceSeconds: { variable: 'SPOOLD_KILL_GRACE', read: number },
  maxMessageBytes: { variable: 'SPOOLD_MAX_MESSAGE_BYTES', read: number },
  durability: { variable: 'SPOOLD_DURABILITY', read: text },
  logLevel: { variable: 'SPOOLD_LOG_LEVEL', read: text },
}

/** The settings in the environment; an empty variable is ignored. */
export function settingsFromEnvironment(
  env: NodeJS.ProcessEnv,
): { name: SettingName; variable: string; value: unknown }[] {
  return Object.entries(ENVIRONMENT).flatMap(([name, { variable, read }]) => {
    const value = env[variable]
    return value ? [{ name: name as SettingName, variable, value: read(value) }] : []
  })
}

function number(value: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
}

function numberOrNone(value: string): unknown {
  return value.trim() === 'none' ? null : number(value)
}

function text(value: string): unknown {
  return value
}

/** Like PATH: separated by colons. */
function paths(value: string): unknown {
  return value.split(':').filter((path) => path !== '')
}
