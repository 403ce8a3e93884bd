import { expect, it } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop, shellAgent } from './workshop.js'

it('promise 8: a cancel is not kept waiting by the next task, which the storage cannot take yet', async () => {
  const workshop = openWorkshop({ agents: { slow: shellAgent('echo ready; sleep 30') } })
  const running = await workshop.start('x', 'slow')
  await workshop.untilText(running.id, 'ready')
  const claimNext = workshop.store.claimNext
  let refusals = 0
  workshop.store.claimNext = async () => {
    refusals += 1
    throw new SpoolError('storage_full', 'The disk is full.')
  }
  const pending = await workshop.start('x')
  await waitFor('a claim that cannot be stored', () => refusals > 0)
  expect((await workshop.service.cancel(running.id)).task.status).toBe('cancelled')
  expect((await workshop.service.cancel(pending.id)).task.status).toBe('cancelled')
  workshop.store.claimNext = claimNext
  const next = await workshop.start('hello')
  expect(await workshop.untilEnd(next.id)).toMatchObject({ status: 'completed' })
})
