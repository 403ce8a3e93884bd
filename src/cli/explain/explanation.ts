/** What is told of an error: sentences in Markdown, of which the terminal shows the backticks as they are. */
export interface Explanation {
  /** What has happened, in a sentence. */
  means: string
  /** How it comes to that, the commonest first. */
  causes: readonly string[]
  /** What to do, in the order in which to try it. */
  remedies: readonly string[]
  /** What HTTP answers, for what is refused before a tool sees it. */
  http?: string
  /** JSON-RPC's numbers, where they are others than every tool's. */
  rpc?: string
  /** Met on this machine alone: by the command line or at the daemon's start. */
  local?: true
}
