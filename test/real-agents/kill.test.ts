import { expect } from 'vitest'
import { readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { createGate, say } from './model-server/script.js'
import { prove } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole, untilText } from './watch.js'

prove('kill', async (agent) => {
  const scene = await openScene(agent)
  const gate = createGate()
  const answered = createGate()
  scene.model.play([
    ...say('one two 日本 '),
    { does: 'wait', gate },
    ...say('three four é'),
    { does: 'wait', gate: answered },
  ])
  const { task_id } = await scene.start('Count.')
  await gate.reached
  if (agent.cannot.stream === undefined) await untilText(scene, task_id, '日本')
  await scene.killDaemon()

  // The agent goes on while no daemon runs.
  gate.open()
  await answered.reached
  answered.open()
  await scene.startDaemon()

  const { chunks, last } = await readToTheEnd(scene.client, task_id)
  expect(last).toMatchObject({ status: 'completed' })
  expectWhole(chunks)
  expect(textOfChunks(chunks)).toBe('one two 日本 three four é')
  expect(scene.model.asked).toHaveLength(1)
})
