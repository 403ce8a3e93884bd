import { z } from 'zod'
import { eventLinesStateSchema, freshEventLines } from '../output/event-lines.js'
import { toolCallsSchema } from '../output/tool-calls.js'

/** What a run has told so far that is needed later: to judge it, to resume it, and to give nothing twice. */
export const runFactsSchema = z.object({
  /** The conversation that was to be resumed; null for a new one. */
  resumed: z.string().nullable(),
  /** The conversation that the run says it is; the first that is told. */
  session: z.string().nullable(),
  /** Text was given. */
  answered: z.boolean(),
  /** What the terminal event said; `problem` is null after a success. Null while it has not come. */
  finished: z.object({ problem: z.string().nullable() }).nullable(),
  /** The last error that was told. */
  error: z.string().nullable(),
  /** The message that is being streamed, where only its beginning names it. */
  message: z.string().nullable(),
  /** Messages given by their deltas already, newest last, as kind and id; an id that is not known is empty. */
  streamed: z.array(z.string()),
  /** The message whose text was given last; null where it has no id. */
  lastMessage: z.string().nullable(),
  /** The next text is no continuation of the last one. */
  apart: z.boolean(),
  /** What of a blank line is missing after the text so far. */
  gap: z.enum(['', '\n', '\n\n']),
})
export type RunFacts = z.output<typeof runFactsSchema>

export const headlessStateSchema = z.object({
  run: runFactsSchema,
  calls: toolCallsSchema,
  ...eventLinesStateSchema.shape,
})
export type HeadlessState = z.output<typeof headlessStateSchema>

export function freshHeadless(resumed: string | null): HeadlessState {
  return {
    run: {
      resumed,
      session: null,
      answered: false,
      finished: null,
      error: null,
      message: null,
      streamed: [],
      lastMessage: null,
      apart: false,
      gap: '',
    },
    calls: [],
    ...freshEventLines(),
  }
}

/** Whether the run resumed something else than what was asked for. */
export function isOtherSession({ resumed, session }: RunFacts): boolean {
  return resumed !== null && session !== null && session !== resumed
}
