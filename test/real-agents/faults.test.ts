import { describe, expect, it } from 'vitest'
import { readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { type Reply, say } from './model-server/script.js'
import { CHOSEN_AGENTS } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole, processesOf } from './watch.js'

interface Fault {
  name: string
  /** What the model does each time, since agents ask again. */
  reply: Reply
  settings: { timeoutSeconds?: number; stallSeconds?: number }
  told: string
  endReasons: string[]
}

const FAULTS: Fault[] = [
  {
    name: 'refuses each request',
    reply: [{ does: 'fail', status: 500 }],
    settings: { timeoutSeconds: 12 },
    told: '',
    endReasons: ['timeout', 'agent_error', 'exit'],
  },
  {
    name: 'breaks off in the middle of its answer',
    reply: [...say('half an answer '), { does: 'drop' }],
    settings: { timeoutSeconds: 12 },
    // What OpenCode had in hand when the connection broke, it does not always tell.
    told: 'half ',
    endReasons: ['timeout', 'agent_error', 'exit'],
  },
  {
    name: 'says nothing more in the middle of its answer',
    reply: [...say('half an answer '), { does: 'stall' }],
    settings: { stallSeconds: 8 },
    told: 'half an answer ',
    endReasons: ['stalled'],
  },
]

const streaming = CHOSEN_AGENTS.filter(({ cannot }) => cannot.stream === undefined)

describe.each(FAULTS)('a model that $name', ({ reply, settings, told, endReasons }) => {
  it.each(streaming)('is told by the task of $name, and what was said is kept', async (agent) => {
    const scene = await openScene(agent, settings)
    scene.model.play(reply)
    const { task_id } = await scene.start('Is anybody there?')
    const { chunks, last } = await readToTheEnd(scene.client, task_id)
    expectWhole(chunks)
    if (agent.answersWithErrors && last.status === 'completed') {
      expect(textOfChunks(chunks)).toContain('Error: ')
      return
    }
    expect(last).toMatchObject({ status: 'failed' })
    expect(endReasons).toContain(last.end_reason)
    expect(chunks.at(-1)).toMatchObject({ kind: 'error' })
    expect(textOfChunks(chunks)).toMatch(new RegExp(`^${told}`))
    expect(processesOf(task_id)).toEqual([])
  })
})
