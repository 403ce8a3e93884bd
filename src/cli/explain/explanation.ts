/** What is told of an error: sentences in Markdown, of which the terminal shows the backticks as they are. */
export interface Explanation {
  /** What has happened, in a sentence. */
  means: string
  /** How it comes to that, the commonest first. */
  causes: readonly string[]
  /** What to do, in the order in which to try it. */
  remedies: readonly string[]
  /** HTTP status in words, where it is not only the one of the table in domain/errors.ts. */
  http?: string
  /** The same for JSON-RPC's number. */
  rpc?: string
}
