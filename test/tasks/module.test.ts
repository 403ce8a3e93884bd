import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleAgent } from '../agents/module-agent.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene } from './scene.js'

/** Prints "one", waits until the file named by the message exists, and prints "two". */
const GATED = `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
export default async function* ({ message }) {
  yield 'one é '
  while (!existsSync(message)) await setTimeout(20)
  yield 'two 日'
}`

describe('a module as the agent of a task', () => {
  it('promise 4: works on while the daemon restarts, and while none runs', async () => {
    const scene = openScene({ agents: { gated: moduleAgent(GATED) } })
    const gate = join(scene.directory, 'gate')
    const task = await scene.start(gate, 'gated')
    await scene.untilText(task.id, 'one')
    await scene.restart()
    await scene.stopDaemon()
    writeFileSync(gate, '')
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${task.id}`).length === 0)
    await scene.startDaemon()
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'completed', exitCode: 0, attempt: 1 })
    expect(await scene.text(task.id)).toBe('one é two 日')
  })

  it('is informed of a cancel, and its last output is kept', async () => {
    const polite = moduleAgent(`import { setTimeout } from 'node:timers/promises'
      export default async ({ signal }, output) => {
        output.text('ready ')
        await setTimeout(60_000, undefined, { signal }).catch(() => output.text('bye'))
      }`)
    const scene = openScene({
      agents: { polite },
      over: { limits: { outputLimitBytes: 1e6, killGraceMs: 10_000 } },
    })
    const task = await scene.start('x', 'polite')
    await scene.untilText(task.id, 'ready')
    const { task: cancelled } = await scene.service.cancel(task.id)
    expect(cancelled).toMatchObject({ status: 'cancelled', exitCode: 0 })
    expect(await scene.text(task.id)).toBe('ready bye')
  })

  it('promise 8: is killed with its children if it goes on after the grace period', async () => {
    const stubborn = moduleAgent(`import { spawn } from 'node:child_process'
      export default async function* () {
        spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
        yield 'ready'
        for (;;) yield ''
      }`)
    const scene = openScene({ agents: { stubborn } })
    const task = await scene.start('x', 'stubborn')
    await scene.untilText(task.id, 'ready')
    expect((await scene.service.cancel(task.id)).task).toMatchObject({ status: 'cancelled' })
    expect(processesWith(`SPOOLD_TASK_ID=${task.id}`)).toEqual([])
  })

  it('is informed of its time limit', async () => {
    const slow = moduleAgent(`export default ({ signal }, output) => new Promise((resolve) => {
      const alive = setInterval(() => {}, 1000)
      signal.addEventListener('abort', () => { output.text('late'); resolve() })
    })`)
    const scene = openScene({
      agents: { slow },
      over: { limits: { outputLimitBytes: 1e6, killGraceMs: 10_000 } },
    })
    const task = await scene.start('x', 'slow', { timeoutMs: 1_500 })
    expect(await scene.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'timeout' })
    expect(await scene.text(task.id)).toBe('late')
  })

  it('keeps its memory from turn to turn, even if one fails', async () => {
    const counting = moduleAgent(`export default ({ message, session }, output) => {
      const turns = Number(session.memory ?? 0) + 1
      output.remember(String(turns))
      if (message === 'fail') throw new Error('no luck')
      return 'turn ' + turns
    }`)
    const scene = openScene({ agents: { counting } })
    const first = await scene.start('x', 'counting')
    const next = { sessionId: first.sessionId }
    await scene.untilEnd(first.id)
    const second = await scene.start('fail', undefined, { ...next, agent: undefined })
    expect(await scene.untilEnd(second.id)).toMatchObject({
      status: 'failed',
      endReason: 'agent_error',
      error: 'no luck',
      exitCode: 1,
    })
    const third = await scene.start('x', undefined, { ...next, agent: undefined })
    await scene.untilEnd(third.id)
    expect(await scene.text(third.id)).toBe('turn 3')
  })
})
