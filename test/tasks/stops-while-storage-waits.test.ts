import { expect, it } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop, shellAgent } from './scene.js'

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

it.each([
  { limit: 'timeout', agent: 'slow', more: { timeoutMs: 2_000 } },
  { limit: 'output_limit', agent: 'endless', more: {} },
])(
  'promise 7: the limit $limit ends a task whose output and whose stop the storage cannot take',
  async ({ limit, agent, more }) => {
    const workshop = openWorkshop({
      agents: {
        slow: shellAgent('echo ready; while :; do sleep 0.1; echo more; done'),
        endless: shellAgent('echo ready; while :; do seq 1 1000; sleep 0.1; done'),
      },
      over: { limits: { outputLimitBytes: 50_000, killGraceMs: 300 } },
    })
    const { append, requestStop, finish } = workshop.store
    const task = await workshop.start('x', agent, more)
    await workshop.untilText(task.id, 'ready')
    const refuse = async () => {
      throw new SpoolError('storage_full', 'The disk is full.')
    }
    Object.assign(workshop.store, { append: refuse, requestStop: refuse, finish: refuse })
    await waitFor('its end', () => processesWith(`SPOOLD_TASK_ID=${task.id}`).length === 0)
    expect((await workshop.progress(task.id)).task.status).toBe('streaming')
    Object.assign(workshop.store, { append, requestStop, finish })
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: limit })
    expect(workshop.problems).toEqual([])
  },
)
