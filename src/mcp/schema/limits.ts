/** Bounds of the tools' inputs. Times in ms, sizes in bytes. */

/** Below what any known client waits for a tool (60 s). */
export const MAX_WAIT_MS = 50_000
/** For a call with a progress token: its client can extend its time limit with every report. */
export const MAX_WAIT_WITH_PROGRESS_MS = 3_600_000
export const DEFAULT_WAIT_MS = 20_000
export const MIN_RESULT_BYTES = 1_000
export const MAX_RESULT_BYTES = 8_000_000
/** Codex, the strictest client known, cuts what it shows a model at 10 KiB. */
export const DEFAULT_RESULT_BYTES = 10_000
/**
 * `_meta` of a tool whose results can be large with `max_bytes`: Claude Code then accepts this many characters; results
 * of other tools are cut at 25,000 tokens.
 */
export const LARGE_RESULTS = { 'anthropic/maxResultSizeChars': 500_000 }
export const MAX_SECONDS = 10 * 365 * 24 * 3600
export const MAX_LIST = 200
/** Of the tool `chat`. */
export const DEFAULT_CHAT_WAIT_MS = 45_000
