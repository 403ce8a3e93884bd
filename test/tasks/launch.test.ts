import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openScene, shellAgent } from './scene.js'

/** A pending task behind a running one of its session, so that a test can change something before its launch. */
async function openPending() {
  const scene = openScene({ agents: { where: shellAgent('[ "$1" != hold ] || sleep 30; pwd') } })
  const directory = join(scene.directory, 'allowed', 'project')
  mkdirSync(directory, { recursive: true })
  const root = join(scene.directory, 'allowed')
  await scene.stopDaemon()
  await scene.startDaemon({ rules: { ...scene.rules, allowedRoots: [root] } })
  const first = await scene.start('hold', 'where', { workingDirectory: directory })
  const second = await scene.start('go', 'where', { sessionId: first.sessionId, agent: undefined })
  return { scene, directory, first, second }
}

describe('a launch', () => {
  it('fails if the directory has become a link that leads out of the allowed roots', async () => {
    const { scene, directory, first, second } = await openPending()
    renameSync(directory, `${directory}-before`)
    symlinkSync('/', directory)
    await scene.service.cancel(first.id)
    const ended = await scene.untilEnd(second.id)
    expect(ended).toMatchObject({ status: 'failed', endReason: 'launch_error' })
    expect(ended.status === 'failed' && ended.error).toContain('outside the allowed roots')
  })

  it('fails with the reason if the directory was removed', async () => {
    const { scene, directory, first, second } = await openPending()
    rmSync(directory, { recursive: true })
    await scene.service.cancel(first.id)
    const ended = await scene.untilEnd(second.id)
    expect(ended.status === 'failed' && ended.error).toContain(`${directory} does not exist`)
  })
})
