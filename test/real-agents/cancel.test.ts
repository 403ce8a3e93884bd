import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { callTool, poll } from '../helpers/mcp-client.js'
import { waitFor } from '../helpers/wait-for.js'
import { say } from './model-server/script.js'
import { prove } from './prove.js'
import { openScene } from './scene.js'
import { commandsWith, processesOf } from './watch.js'

prove('cancel', async (agent) => {
  const scene = await openScene(agent, { permissions: 'allow' })
  // Both sleep long enough to be found; the first is in a session of its own, and has left its parent too.
  const mark = `300.${randomInt(1e9)}`
  const command = `setsid -f sleep ${mark}1; setsid sleep ${mark}2`
  scene.model.play([agent.shell(command)], say('It is done.'))
  const { task_id } = await scene.start('Sleep.')
  const sleepers = () => commandsWith(`sleep\0${mark}`)
  await waitFor('both sleepers', () => sleepers().length === 2, { timeoutMs: 60_000 })

  expect(await callTool(scene.client, 'kiro_task_cancel', { task_id })).toMatchObject({ status: 'cancelled' })
  expect(sleepers()).toEqual([])
  expect(processesOf(task_id)).toEqual([])
  expect(await poll(scene.client, task_id, 0)).toMatchObject({ status: 'cancelled', is_done: true })
})
