import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleAgent } from '../agents/module-agent.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openWorkshop } from './scene.js'

/** Says "one", waits for the file that the message names, says "two". */
const GATED = `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
export default async function* ({ message }) {
  yield 'one é '
  while (!existsSync(message)) await setTimeout(20)
  yield 'two 日'
}`

describe('a module as the agent of a task', () => {
  it('promise 4: works on while the service is restarted, and while there is none', async () => {
    const workshop = openWorkshop({ agents: { gated: moduleAgent(GATED) } })
    const gate = join(workshop.directory, 'gate')
    const task = await workshop.start(gate, 'gated')
    await workshop.untilText(task.id, 'one')
    await workshop.restart()
    await workshop.letGo()
    writeFileSync(gate, '')
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${task.id}`).length === 0)
    await workshop.takeUp()
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'completed', exitCode: 0, attempt: 1 })
    expect(await workshop.text(task.id)).toBe('one é two 日')
  })

  it('hears of a cancel, and its last words are kept', async () => {
    const polite = moduleAgent(`import { setTimeout } from 'node:timers/promises'
      export default async ({ signal }, output) => {
        output.text('ready ')
        await setTimeout(60_000, undefined, { signal }).catch(() => output.text('bye'))
      }`)
    const workshop = openWorkshop({
      agents: { polite },
      over: { limits: { outputLimitBytes: 1e6, killGraceMs: 10_000 } },
    })
    const task = await workshop.start('x', 'polite')
    await workshop.untilText(task.id, 'ready')
    const { task: cancelled } = await workshop.service.cancel(task.id)
    expect(cancelled).toMatchObject({ status: 'cancelled', exitCode: 0 })
    expect(await workshop.text(task.id)).toBe('ready bye')
  })

  it('promise 8: is killed when it goes on after the grace, with its children', async () => {
    const stubborn = moduleAgent(`import { spawn } from 'node:child_process'
      export default async function* () {
        spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
        yield 'ready'
        for (;;) yield ''
      }`)
    const workshop = openWorkshop({ agents: { stubborn } })
    const task = await workshop.start('x', 'stubborn')
    await workshop.untilText(task.id, 'ready')
    expect((await workshop.service.cancel(task.id)).task).toMatchObject({ status: 'cancelled' })
    expect(processesWith(`SPOOLD_TASK_ID=${task.id}`)).toEqual([])
  })

  it('hears of its time limit', async () => {
    const slow = moduleAgent(`export default ({ signal }, output) => new Promise((resolve) => {
      const alive = setInterval(() => {}, 1000)
      signal.addEventListener('abort', () => { output.text('late'); resolve() })
    })`)
    const workshop = openWorkshop({
      agents: { slow },
      over: { limits: { outputLimitBytes: 1e6, killGraceMs: 10_000 } },
    })
    const task = await workshop.start('x', 'slow', { timeoutMs: 1_500 })
    expect(await workshop.untilEnd(task.id)).toMatchObject({ status: 'failed', endReason: 'timeout' })
    expect(await workshop.text(task.id)).toBe('late')
  })

  it('remembers from turn to turn, also through one that failed', async () => {
    const counting = moduleAgent(`export default ({ message, session }, output) => {
      const turns = Number(session.memory ?? 0) + 1
      output.remember(String(turns))
      if (message === 'fail') throw new Error('no luck')
      return 'turn ' + turns
    }`)
    const workshop = openWorkshop({ agents: { counting } })
    const first = await workshop.start('x', 'counting')
    const next = { sessionId: first.sessionId }
    await workshop.untilEnd(first.id)
    const second = await workshop.start('fail', undefined, { ...next, agent: undefined })
    expect(await workshop.untilEnd(second.id)).toMatchObject({
      status: 'failed',
      endReason: 'agent_error',
      error: 'no luck',
      exitCode: 1,
    })
    const third = await workshop.start('x', undefined, { ...next, agent: undefined })
    await workshop.untilEnd(third.id)
    expect(await workshop.text(third.id)).toBe('turn 3')
  })
})
