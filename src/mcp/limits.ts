/** Bounds of the tools' inputs. Times in ms, sizes in bytes. */

/** Below what any known client waits for a tool (60 s). */
export const MAX_WAIT_MS = 50_000
export const DEFAULT_WAIT_MS = 20_000
export const MIN_ANSWER_BYTES = 1_000
export const MAX_ANSWER_BYTES = 8_000_000
export const DEFAULT_ANSWER_BYTES = 24_000
export const MAX_SECONDS = 10 * 365 * 24 * 3600
export const MAX_LIST = 200
/** Of kiro_chat. */
export const DEFAULT_CHAT_WAIT_MS = 45_000
