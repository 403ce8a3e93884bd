import { expect } from 'vitest'
import { readToTheEnd } from '../helpers/mcp-client.js'
import { prove } from './prove.js'
import { openScene } from './scene.js'
import { expectWhole, processesOf } from './watch.js'

const LIMIT_SECONDS = 12
/** To end the processes, on a busy machine. */
const GRACE_SECONDS = 15

prove('dead server', async (agent) => {
  const scene = await openScene(agent)
  // Some agents give up soon, others try again for minutes.
  await scene.model.close()
  const begun = Date.now()
  const { task_id } = await scene.start('Is anybody there?', { timeout_seconds: LIMIT_SECONDS })

  const { chunks, last } = await readToTheEnd(scene.client, task_id)
  expect(Date.now() - begun).toBeLessThan((LIMIT_SECONDS + GRACE_SECONDS) * 1000)
  expect(last).toMatchObject({ status: 'failed' })
  expect(['timeout', 'agent_error', 'exit']).toContain(last.end_reason)
  expectWhole(chunks)
  expect(chunks.at(-1)).toMatchObject({ kind: 'error' })
  expect(processesOf(task_id)).toEqual([])
})
