/** What this folder needs of a logger; pino's fits. Never given messages, tokens or output. */
export interface Log {
  info(facts: object, sentence: string): void
  warn(facts: object, sentence: string): void
  error(facts: object, sentence: string): void
}
