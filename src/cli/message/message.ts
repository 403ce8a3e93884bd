/** What a person asks, and where it is kept until the daemon has it. */
export interface Message {
  text: string
  /** The daemon has it. */
  sent(): void
  /** Says where it is kept, where the daemon has not got it. */
  close(): void
}

/** A message of which nothing is kept: it can be given again. */
export function plainMessage(text: string): Message {
  return { text, sent: () => {}, close: () => {} }
}
