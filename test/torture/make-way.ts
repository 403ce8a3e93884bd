import { setPriority } from 'node:os'
import { expect } from 'vitest'

/** The load tells how long its polls take, the kills have a time limit: the others, and whatever they start, make way for them. */
const IN_A_HURRY = /\/(load|kills)\.test\.ts$/

if (!IN_A_HURRY.test(expect.getState().testPath ?? '')) setPriority(10)
