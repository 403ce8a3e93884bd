import { describe, expect, it } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { createIndexer } from '../../src/tasks/indexer.js'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop, shellAgent } from './scene.js'

const never = new AbortController().signal
const LOG = { info: () => {}, error: () => {} }

describe('what is asked and said', () => {
  it('becomes searchable by itself: the message while the task runs, its output when it has ended', async () => {
    const workshop = openWorkshop({
      agents: { slow: shellAgent('echo early words; while [ ! -e "$1" ]; do sleep 0.02; done') },
    })
    const find = async (words: string) =>
      (await workshop.service.search({ words, limit: 10 }, never)).matches.map(({ taskId }) => taskId)
    const { id } = await workshop.start('/nowhere/needle', 'slow')
    await waitFor('the message', async () => (await find('needle')).includes(id))
    await workshop.untilText(id, 'early')
    expect(await find('early')).toEqual([])
    await workshop.service.cancel(id)
    await waitFor('the output', async () => (await find('early')).includes(id))
  })

  it('is made searchable by the next daemon where the one before did not come to it', async () => {
    const workshop = openWorkshop()
    const { id } = await workshop.start('needle')
    await workshop.untilEnd(id)
    await workshop.restart()
    const find = () => workshop.service.search({ words: 'needle', limit: 10 }, never)
    await waitFor('the output', async () => (await find()).matches[0]?.passages === 2)
    expect((await find()).waitingCount).toBe(0)
  })

  it('is searched for in vain once the daemon stops, with the code of that', async () => {
    const workshop = openWorkshop()
    const { service } = workshop
    await workshop.letGo()
    await expect(service.search({ words: 'needle', limit: 10 }, never)).rejects.toMatchObject({
      code: 'shutting_down',
    })
    await workshop.takeUp()
  })
})

describe('the indexer', () => {
  it('logs a failure once, and tries again with the next kick', async () => {
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

  it('ends with the step that is under way', async () => {
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
