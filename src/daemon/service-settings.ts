import type { Settings } from '../config/settings.js'
import type { RequestRules } from '../tasks/requests.js'
import type { RunLimits } from '../tasks/run/context.js'

/** Settings are in seconds, limits in milliseconds. */
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
 * The largest allowed message must fit into a request even if JSON escapes each byte as six. A slightly longer one should get
 * the error about the message, not about the request.
 */
export function maxBodyBytes(settings: Settings): number {
  return Math.max(16 * 1024 * 1024, settings.maxMessageBytes * 6 + 64 * 1024)
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000)
}
