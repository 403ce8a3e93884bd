import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { callTool, type Poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { say } from './model-server/script.js'
import { prove } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole, untilAnswer } from './watch.js'

interface Asking extends Poll {
  question: { question_id: string; text: string; options: { option_id: string; kind: string }[] }
}

prove('permission', async (agent) => {
  const scene = await openScene(agent, { permissions: 'ask' })
  const command = 'echo allowed > made.txt'
  scene.model.play([...say('Let me. '), agent.shell(command)], say('It is done.'))
  const { task_id } = await scene.start('Make it.')

  const isAsking = ({ status }: Poll) => status === 'input_required'
  const asking = (await untilAnswer(scene, task_id, 'question', isAsking)) as Asking
  expect(asking.question.text).toContain(command)
  const once = asking.question.options.find(({ kind }) => kind === 'allow_once')
  if (once === undefined) throw new Error(`no way to allow it: ${JSON.stringify(asking.question)}`)

  // The question outlives the daemon that told it.
  await scene.killDaemon()
  await scene.startDaemon()
  const again = (await untilAnswer(scene, task_id, 'question', isAsking)) as Asking
  expect(again.question).toEqual(asking.question)
  expect(existsSync(join(scene.workingDirectory, 'made.txt'))).toBe(false)

  await callTool(scene.client, 'kiro_task_respond', { task_id, option: once.option_id })
  const { chunks, last } = await readToTheEnd(scene.client, task_id)
  expect(last).toMatchObject({ status: 'completed' })
  expectWhole(chunks)
  expect(textOfChunks(chunks)).toMatch(/^Let me\.\s+It is done\.$/)
  expect(existsSync(join(scene.workingDirectory, 'made.txt'))).toBe(true)
  expect(scene.model.asked).toHaveLength(2)
})
