import type { Settings } from '../config/settings.js'
import type { RequestRules } from '../tasks/requests.js'
import type { RunLimits } from '../tasks/run/context.js'

/** Settings are in seconds, for people; what works with them takes milliseconds. */
export function rulesFrom(settings: Settings): RequestRules {
  return {
    defaultAgent: settings.defaultAgent,
    allowedRoots: settings.allowedRoots,
    maxMessageBytes: settings.maxMessageBytes,
    taskTtlMs: settings.taskTtlSeconds * 1000,
    taskTimeoutMs: inMs(settings.taskTimeoutSeconds),
    stallTimeoutMs: inMs(settings.stallTimeoutSeconds),
  }
}

export function limitsFrom(settings: Settings): RunLimits {
  return { outputLimitBytes: settings.outputLimitBytes, killGraceMs: settings.killGraceSeconds * 1000 }
}

/**
 * A message that is just allowed must fit a request's body, with each byte escaped in JSON as six; and one that is
 * somewhat too long should meet the refusal that names the message, not that of the body.
 */
export function maxBodyBytes(settings: Settings): number {
  return Math.max(16 * 1024 * 1024, settings.maxMessageBytes * 6 + 64 * 1024)
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000)
}
