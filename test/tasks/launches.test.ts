import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWorkshop, shellAgent } from './scene.js'

/** A task that waits behind another one of its session, so that the world can change before it is launched. */
async function waitingTask() {
  const workshop = openWorkshop({ agents: { where: shellAgent('[ "$1" != hold ] || sleep 30; pwd') } })
  const directory = join(workshop.directory, 'allowed', 'project')
  mkdirSync(directory, { recursive: true })
  const root = join(workshop.directory, 'allowed')
  await workshop.letGo()
  await workshop.takeUp({ rules: { ...workshop.rules, allowedRoots: [root] } })
  const first = await workshop.start('hold', 'where', { workingDirectory: directory })
  const second = await workshop.start('go', 'where', { sessionId: first.sessionId, agent: undefined })
  return { workshop, directory, first, second }
}

describe('a launch', () => {
  it('is refused where the directory has become a link that leads out of the allowed roots', async () => {
    const { workshop, directory, first, second } = await waitingTask()
    renameSync(directory, `${directory}-before`)
    symlinkSync('/', directory)
    await workshop.service.cancel(first.id)
    const ended = await workshop.untilEnd(second.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'launch_error' })
    expect(ended.status === 'failed' && ended.error).toContain('outside the allowed roots')
  })

  it('says so where the directory has gone', async () => {
    const { workshop, directory, first, second } = await waitingTask()
    rmSync(directory, { recursive: true })
    await workshop.service.cancel(first.id)
    const ended = await workshop.untilEnd(second.id)
    expect(ended.status === 'failed' && ended.error).toContain(`${directory} does not exist`)
  })
})
