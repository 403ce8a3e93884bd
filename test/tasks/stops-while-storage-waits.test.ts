import { expect, it } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, shellAgent } from './scene.js'

it('promise 8: a cancel does not wait for the claim of another task that cannot be stored', async () => {
  const scene = openScene({ agents: { slow: shellAgent('echo ready; sleep 30') } })
  const running = await scene.start('x', 'slow')
  await scene.untilText(running.id, 'ready')
  const claimNext = scene.store.claimNext
  let failures = 0
  scene.store.claimNext = async () => {
    failures += 1
    throw new SpoolError('storage_full', 'The disk is full.')
  }
  const pending = await scene.start('x')
  await waitFor('a claim that cannot be stored', () => failures > 0)
  expect((await scene.service.cancel(running.id)).task.status).toBe('cancelled')
  expect((await scene.service.cancel(pending.id)).task.status).toBe('cancelled')
  scene.store.claimNext = claimNext
  const next = await scene.start('hello')
  expect(await scene.untilEnd(next.id)).toMatchObject({ status: 'completed' })
})

it.each([
  { limit: 'timeout', agent: 'slow', more: { timeoutMs: 2_000 } },
  { limit: 'output_limit', agent: 'endless', more: {} },
])(
  'promise 7: the limit $limit ends a task although neither its output nor its stop can be stored',
  async ({ limit, agent, more }) => {
    const scene = openScene({
      agents: {
        slow: shellAgent('echo ready; while :; do sleep 0.1; echo more; done'),
        endless: shellAgent('echo ready; while :; do seq 1 1000; sleep 0.1; done'),
      },
      over: { limits: { outputLimitBytes: 50_000, killGraceMs: 300 } },
    })
    const { append, requestStop, finish } = scene.store
    const task = await scene.start('x', agent, more)
    await scene.untilText(task.id, 'ready')
    const fail = async () => {
      throw new SpoolError('storage_full', 'The disk is full.')
    }
    Object.assign(scene.store, { append: fail, requestStop: fail, finish: fail })
    await waitFor('its end', () => processesWith(`SPOOLD_TASK_ID=${task.id}`).length === 0)
    expect((await scene.progress(task.id)).task.status).toBe('streaming')
    Object.assign(scene.store, { append, requestStop, finish })
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: limit })
    expect(scene.errors).toEqual([])
  },
)
