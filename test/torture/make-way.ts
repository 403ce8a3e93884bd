import { setPriority } from 'node:os'
import { expect } from 'vitest'

/**
 * All but the load, and whatever they start, make way for it: how long its polls take is told, and it is more than spoold's daemon
 * that keeps this machine busy.
 */
if (!expect.getState().testPath?.endsWith('load.test.ts')) setPriority(10)
