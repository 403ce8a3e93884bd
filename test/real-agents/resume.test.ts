import { expect } from 'vitest'
import { readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { say } from './model-server/script.js'
import { prove } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole } from './watch.js'

prove('resume', async (agent) => {
  const scene = await openScene(agent)
  scene.model.play(say('It is noted.'))
  const first = await scene.start('The word is HERON.')
  expect(await readToTheEnd(scene.client, first.task_id)).toMatchObject({ last: { status: 'completed' } })
  await agent.untilResumable?.()

  scene.model.play(say('It was HERON.'))
  const second = await scene.start('What was the word?', { session_id: first.session_id })
  const { chunks, last } = await readToTheEnd(scene.client, second.task_id)
  expect(last, JSON.stringify(chunks)).toMatchObject({ status: 'completed' })
  expectWhole(chunks)
  // The conversation that the agent tells again is no part of the answer.
  expect(textOfChunks(chunks)).toBe('It was HERON.')
  const conversation = scene.model.asked.at(-1)?.texts.join('\n')
  expect(conversation).toMatch(/The word is HERON\..*It is noted\..*What was the word\?/s)
})
