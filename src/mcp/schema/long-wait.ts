import { invalidField } from '../../domain/errors.js'
import type { CallContext } from '../tools/tool.js'
import { MAX_WAIT_MS } from './limits.js'

/**
 * Refuses a wait for which this call's client would not have the patience: only one that is told of progress meanwhile
 * can extend its time limit. To be asked before anything is done. Throws `invalid_input`.
 */
export function assertWaitAllowed(waitMs: number, { progress }: Pick<CallContext, 'progress'>): void {
  if (waitMs <= MAX_WAIT_MS || progress !== undefined) return
  throw invalidField(
    'wait_ms',
    `must be from 0 to ${MAX_WAIT_MS} in a call without a progress token, got ${waitMs}; call again to wait longer`,
  )
}
