import { expect } from 'vitest'
import { readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { createGate, say } from './model-server/script.js'
import { prove } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole, untilText } from './watch.js'

prove('stream', async (agent) => {
  const scene = await openScene(agent)
  const gate = createGate()
  scene.model.play([...say('one two 日本 '), { does: 'wait', gate }, ...say('three four é')])
  const { task_id } = await scene.start('Count.')

  const before = await untilText(scene, task_id, '日本')
  expect(before).toMatchObject({ status: 'streaming', is_done: false })
  gate.open()

  const { chunks, last } = await readToTheEnd(scene.client, task_id)
  expect(last).toMatchObject({ status: 'completed' })
  expectWhole(chunks)
  expect(textOfChunks(chunks)).toBe('one two 日本 three four é')
  expect(chunks.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(1)
  expect(chunks.slice(0, before.next_chunk_index)).toEqual(before.new_chunks)
})
