import { describe, expect, it } from 'vitest'
import { readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { createGate, type Gate, type Reply, say } from './model-server/script.js'
import { CHOSEN_AGENTS } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole, processesOf, untilText } from './watch.js'

interface Fault {
  name: string
  /** What the model does each time, since agents ask again. */
  reply: (gate: Gate) => Reply
  /** The gate is opened when the task has so much of the answer. */
  breaksAfter?: string
  settings: { timeoutSeconds?: number; stallSeconds?: number }
  reported: string
  endReasons: string[]
}

const FAULTS: Fault[] = [
  {
    name: 'refuses each request',
    reply: () => [{ does: 'fail', status: 500 }],
    settings: { timeoutSeconds: 12 },
    reported: '',
    endReasons: ['timeout', 'agent_error', 'exit'],
  },
  {
    name: 'breaks off in the middle of its answer',
    // Once the task has the beginning: an agent does not always pass on what it has when the connection breaks.
    reply: (gate) => [...say('half an answer '), { does: 'wait', gate }, { does: 'drop' }],
    breaksAfter: 'half ',
    // More than the slowest agent needs to start on a busy machine.
    settings: { timeoutSeconds: 45 },
    reported: 'half ',
    endReasons: ['timeout', 'agent_error', 'exit'],
  },
  {
    name: 'says nothing more in the middle of its answer',
    reply: () => [...say('half an answer '), { does: 'stall' }],
    settings: { stallSeconds: 25 },
    reported: 'half an answer ',
    endReasons: ['stalled'],
  },
]

const streaming = CHOSEN_AGENTS.filter(({ cannot }) => cannot.stream === undefined)

describe.each(FAULTS)('a model that $name', ({ reply, settings, reported, breaksAfter, endReasons }) => {
  it.each(streaming)('is reported by the task of $name, and the output before it is kept', async (agent) => {
    const scene = await openScene(agent, settings)
    const gate = createGate()
    scene.model.play(reply(gate))
    const { task_id } = await scene.start('Is anybody there?')
    if (breaksAfter !== undefined) {
      await untilText(scene, task_id, breaksAfter)
      gate.open()
    }
    const { chunks, last } = await readToTheEnd(scene.client, task_id)
    expectWhole(chunks)
    if (agent.respondsWithErrors && last.status === 'completed') {
      expect(textOfChunks(chunks)).toContain('Error: ')
      return
    }
    expect(last).toMatchObject({ status: 'failed' })
    expect(endReasons).toContain(last.end_reason)
    expect(chunks.at(-1)).toMatchObject({ kind: 'error' })
    expect(textOfChunks(chunks)).toMatch(new RegExp(`^${reported}`))
    expect(processesOf(task_id)).toEqual([])
  })
})
