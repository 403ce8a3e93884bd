/** The message for an agent, which may be kept in a file until the daemon has it. */
export interface Message {
  text: string
  /** Call it when the daemon has the message. */
  sent(): void
  /** Prints where the message is kept, if the daemon does not have it. */
  close(): void
}

/** A message without a file. */
export function plainMessage(text: string): Message {
  return { text, sent: () => {}, close: () => {} }
}
