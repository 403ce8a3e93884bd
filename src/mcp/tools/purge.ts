import { z } from 'zod'
import { flag, wholeNumber } from '../schema/fields.js'
import { MAX_SECONDS } from '../schema/limits.js'
import { defineTool, ENDS } from './tool.js'

/** What a purge took, or would take. */
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
  description: 'Removes ended tasks: those past their own time, or all that ended as long ago as is said.',
  input: z.strictObject({
    older_than_seconds: wholeNumber({
      min: 0,
      max: MAX_SECONDS,
      about: 'Whatever ended that long ago; without it what is past its own time',
      remedy: 'leave it out for tasks past their own time',
    }).optional(),
    dry_run: flag({ about: 'Count only', remedy: 'say true to count only' }).default(false),
  }),
  result: purgeResult,
  annotations: ENDS,
  async handle(service, input) {
    const olderThanMs = input.older_than_seconds === undefined ? undefined : input.older_than_seconds * 1000
    const count = await service.purge({ olderThanMs, dryRun: input.dry_run })
    const verb = input.dry_run ? 'would remove' : 'removed'
    return {
      structured: { ...count, dry_run: input.dry_run },
      text: `${verb} ${count.tasks} tasks with ${count.chunks} chunks (${count.bytes} bytes)`,
    }
  },
})
