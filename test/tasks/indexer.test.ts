import { describe, expect, it } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { createIndexer } from '../../src/tasks/indexer.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, shellAgent } from './scene.js'

const never = new AbortController().signal
const LOG = { info: () => {}, error: () => {} }

describe('the text of a task', () => {
  it('becomes searchable: the message while the task runs, its output when it has ended', async () => {
    const scene = openScene({
      agents: { slow: shellAgent('echo early words; while [ ! -e "$1" ]; do sleep 0.1; done') },
    })
    const find = async (words: string) =>
      (await scene.service.search({ words, limit: 10 }, never)).matches.map(({ taskId }) => taskId)
    const { id } = await scene.start('/nowhere/needle', 'slow')
    await waitFor('the message', async () => (await find('needle')).includes(id))
    await scene.untilText(id, 'early')
    expect(await find('early')).toEqual([])
    await scene.service.cancel(id)
    await waitFor('the output', async () => (await find('early')).includes(id))
  })

  it('is indexed by the next daemon if the previous one stopped before that', async () => {
    const scene = openScene()
    const { id } = await scene.start('needle')
    await scene.untilEnd(id)
    await scene.restart()
    const find = () => scene.service.search({ words: 'needle', limit: 10 }, never)
    await waitFor('the output', async () => (await find()).matches[0]?.passages === 2)
    expect((await find()).waitingCount).toBe(0)
  })

  it('cannot be searched while the daemon stops', async () => {
    const scene = openScene()
    const { service } = scene
    await scene.stopDaemon()
    await expect(service.search({ words: 'needle', limit: 10 }, never)).rejects.toMatchObject({
      code: 'shutting_down',
    })
    await scene.startDaemon()
  })
})

describe('the indexer', () => {
  it('logs a failure once, and retries at the next kick', async () => {
    const warnings: string[] = []
    let tries = 0
    let isFull = true
    const store = {
      indexStep: async () => {
        tries += 1
        if (isFull) throw new SpoolError('storage_full', 'The disk is full.')
        return { done: true }
      },
    }
    const indexer = createIndexer(store, { ...LOG, warn: (_facts, sentence) => warnings.push(sentence) })
    for (let n = 1; n <= 3; n += 1) {
      indexer.kick()
      await waitFor('a try', () => tries === n)
    }
    expect(warnings).toHaveLength(1)
    isFull = false
    indexer.kick()
    await waitFor('a try', () => tries === 4)
    isFull = true
    await waitFor('a failure after that', () => {
      indexer.kick()
      return warnings.length === 2
    })
    await indexer.close()
  })

  it('closes after the current step', async () => {
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    let steps = 0
    const store = {
      indexStep: async () => {
        steps += 1
        await opened
        return { done: false }
      },
    }
    const indexer = createIndexer(store, { ...LOG, warn: () => {} })
    indexer.kick()
    await waitFor('a step', () => steps === 1)
    let isClosed = false
    const closing = indexer.close().then(() => {
      isClosed = true
    })
    await new Promise(setImmediate)
    expect(isClosed).toBe(false)
    open()
    await closing
    indexer.kick()
    expect(steps).toBe(1)
  })
})
