/** Bounds of the tools' inputs. Times in ms, sizes in bytes. */

/** Below what any known client waits for a tool (60 s). */
export const MAX_WAIT_MS = 50_000
/** Of a call with a progress token: who asks for progress can extend the time limit whenever some comes. */
export const MAX_WAIT_WITH_PROGRESS_MS = 3_600_000
export const DEFAULT_WAIT_MS = 20_000
export const MIN_ANSWER_BYTES = 1_000
export const MAX_ANSWER_BYTES = 8_000_000
/** Codex, the strictest client known, cuts what it shows a model at 10 KiB. */
export const DEFAULT_ANSWER_BYTES = 10_000
/**
 * `_meta` of a tool whose answers `max_bytes` may make large: Claude Code takes so many characters of one from it, and
 * cuts those of other tools at 25,000 tokens.
 */
export const LARGE_ANSWERS = { 'anthropic/maxResultSizeChars': 500_000 }
export const MAX_SECONDS = 10 * 365 * 24 * 3600
export const MAX_LIST = 200
/** What is read beyond a budget, so that an answer can be filled up with the beginning of the next chunk (16 KiB). */
export const READ_AHEAD_BYTES = 16 * 1024
/** Of kiro_chat. */
export const DEFAULT_CHAT_WAIT_MS = 45_000
