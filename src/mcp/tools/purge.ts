import { z } from 'zod'
import { flag, wholeNumber } from '../schema/fields.js'
import { MAX_SECONDS } from '../schema/limits.js'
import { toMs } from '../schema/start-fields.js'
import { defineTool, ENDS } from './tool.js'

/** What a purge removed, or would remove. */
export const purgeResult = z.object({
  tasks: z.int(),
  chunks: z.int(),
  bytes: z.int(),
  sessions: z.int(),
  dry_run: z.boolean(),
})
export type PurgeResult = z.infer<typeof purgeResult>

export const purge = defineTool({
  name: 'purge',
  title: 'Purge ended tasks',
  description: 'Removes ended tasks: those past their retention, or all that ended some time ago.',
  input: z.strictObject({
    older_than_seconds: wholeNumber({
      min: 0,
      max: MAX_SECONDS,
      about: 'Remove tasks that ended at least so many seconds ago; default: those past their retention',
      remedy: 'omit it for tasks past their retention',
    }).optional(),
    dry_run: flag({ about: 'Count only', remedy: 'use true to count only' }).default(false),
  }),
  result: purgeResult,
  annotations: ENDS,
  async handle(service, input) {
    const olderThanMs = toMs(input.older_than_seconds)
    const count = await service.purge({ olderThanMs, dryRun: input.dry_run })
    const verb = input.dry_run ? 'would remove' : 'removed'
    return {
      structured: { ...count, dry_run: input.dry_run },
      text: `${verb} ${count.tasks} tasks with ${count.chunks} chunks (${count.bytes} bytes)`,
    }
  },
})
