import { z } from 'zod'
import { eventLinesStateSchema, freshEventLines } from '../output/event-lines.js'
import { toolCallsSchema } from '../output/tool-calls.js'

/** The facts of a run that are needed later: to judge it, to resume it, and to return nothing twice. */
export const runFactsSchema = z.object({
  /** The conversation to resume; null for a new one. */
  resumed: z.string().nullable(),
  /** The conversation that the run reported first. */
  session: z.string().nullable(),
  /** Text was returned. */
  answered: z.boolean(),
  /** The terminal event; null until it arrives. `problem` is null for a success. */
  finished: z.object({ problem: z.string().nullable() }).nullable(),
  /** The last reported error. */
  error: z.string().nullable(),
  /** The message being streamed, if only its start event has the id. */
  message: z.string().nullable(),
  /** Messages already returned from deltas, newest last, as kind and id; an unknown id is empty. */
  streamed: z.array(z.string()),
  /** The message whose text was returned last; null without id. */
  lastMessage: z.string().nullable(),
  /** The next text does not continue the last one. */
  apart: z.boolean(),
  /** Newlines needed for a blank line after the text. */
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

/** Whether the run resumed another conversation than requested. */
export function isOtherSession({ resumed, session }: RunFacts): boolean {
  return resumed !== null && session !== null && session !== resumed
}
