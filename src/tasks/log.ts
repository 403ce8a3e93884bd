/** What this folder needs of a logger; pino fits. Messages, tokens and output are never logged. */
export interface Log {
  info(facts: object, sentence: string): void
  warn(facts: object, sentence: string): void
  error(facts: object, sentence: string): void
}
