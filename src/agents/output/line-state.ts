import { z } from 'zod'

/** What a redrawn line needs to be gone on with after a restart. */
export const lineStateSchema = z.object({
  /** Something of the current line was given already. */
  hasText: z.boolean(),
  /** The last thing was a return: a newline makes it an ordinary end of line, text begins a redraw. */
  returned: z.boolean(),
  /** The version of the line that is drawn now and may yet be overdrawn; null where nothing was redrawn. */
  redraw: z.string().nullable(),
})
export type LineState = z.output<typeof lineStateSchema>
