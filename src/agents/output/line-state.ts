import { z } from 'zod'

/** The state of a redrawn line, to continue after a restart. */
export const lineStateSchema = z.object({
  /** A part of the current line was already returned. */
  hasText: z.boolean(),
  /** After a carriage return: a newline makes it a line end, text starts a redraw. */
  returned: z.boolean(),
  /** The current version of the line, which may be redrawn; null if nothing was redrawn. */
  redraw: z.string().nullable(),
})
export type LineState = z.output<typeof lineStateSchema>
