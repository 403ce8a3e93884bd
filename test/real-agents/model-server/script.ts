/** What the fake model does with one request, step by step. */
export type Step =
  | { does: 'say'; text: string }
  | { does: 'think'; text: string }
  /** Asks the agent to run a tool; the agent sends what came of it with its next request. */
  | { does: 'call'; tool: string; input: Record<string, unknown> }
  /** Holds the answer until the test opens the gate. */
  | { does: 'wait'; gate: Gate }
  /** Nothing more comes, and the connection stays. */
  | { does: 'stall' }
  /** The connection ends in the middle of the answer. */
  | { does: 'drop' }
  /** The request is refused with this HTTP status; only as the first step. */
  | { does: 'fail'; status: number }

export type Reply = Step[]

/** Where an answer stops until a test lets it go on. */
export interface Gate {
  /** Called when an answer has come here. */
  reach(): void
  /** Resolves when an answer has come here: everything before it is on its way to the agent. */
  reached: Promise<void>
  open(): void
  opened: Promise<void>
}

export function createGate(): Gate {
  const { promise: reached, resolve: reach } = withResolvers()
  const { promise: opened, resolve: open } = withResolvers()
  return { reach, reached, open, opened }
}

/** Each word is a step of its own, so that the agent gets them one after another. */
export const say = (text: string): Step[] =>
  (text.match(/\S+\s*/gu) ?? []).map((word) => ({ does: 'say', text: word }))

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
