import { describe, expect, it } from 'vitest'
import { killProcessesWith, processesWith } from '../helpers/processes.js'
import { callOf } from '../helpers/read-on.js'
import { inForm } from './form.js'
import { report } from './report.js'
import { type LossAgent, type LossScene, openLossScene, type WaitingTask } from './scene/loss-scene.js'

/** How often, each time with a daemon of its own. */
const ROUNDS = inForm({ short: 1, long: 2 })
/** Tasks that suffer the same at the same time. */
const TASKS = inForm({ short: 2, long: 8 })
const AMOUNT = `${ROUNDS * TASKS} tasks`

const WITH = 'while the daemon is there'
const WITHOUT = 'while no daemon is there'
type When = typeof WITH | typeof WITHOUT

interface Fault {
  what: string
  when: When[]
  agent: LossAgent
  /** Done to each task. */
  harm(scene: LossScene, task: WaitingTask): void | Promise<void>
  /** Done when all of them have suffered it: they have one gate. */
  after?(scene: LossScene): void
  ending: { status: string; endReason: string; exitCode: number | null; text: string; error?: unknown }
}

const BEFORE = 'before 日本 '
const WHOLE = 'before 日本 after é'
const LOST = { status: 'failed', endReason: 'lost', exitCode: null }

const kill = (pid: number) => void process.kill(pid, 'SIGKILL')
const killAll = ({ id }: WaitingTask) => killProcessesWith(`SPOOLD_TASK_ID=${id}`)

const FAULTS: Fault[] = [
  {
    what: 'the agent is killed',
    when: [WITH, WITHOUT],
    agent: 'gated',
    harm: (_, { agent }) => kill(agent),
    ending: { status: 'failed', endReason: 'exit', exitCode: 137, text: BEFORE },
  },
  {
    what: 'the wrapper is killed, and the agent ends by itself',
    when: [WITH, WITHOUT],
    agent: 'gated',
    harm: (_, { wrapper }) => kill(wrapper),
    after: (scene) => scene.openGate(),
    ending: { ...LOST, text: WHOLE },
  },
  {
    what: 'the wrapper and the agent are killed',
    when: [WITH, WITHOUT],
    agent: 'gated',
    harm: (_, task) => killAll(task),
    ending: { ...LOST, text: BEFORE },
  },
  {
    what: 'the wrapper is killed when the agent has said that it is done, and the agent ends by itself',
    when: [WITH, WITHOUT],
    agent: 'saysDone',
    harm: (_, { wrapper }) => kill(wrapper),
    after: (scene) => scene.openGate(),
    ending: { ...LOST, text: 'before' },
  },
  {
    what: 'the wrapper and the agent are killed when it has said that it is done',
    when: [WITH, WITHOUT],
    agent: 'saysDone',
    harm: (_, task) => killAll(task),
    ending: { ...LOST, text: 'before' },
  },
  {
    what: 'all is killed, and the pid belongs to another process',
    when: [WITHOUT],
    agent: 'gated',
    harm: (scene, task) => {
      killAll(task)
      scene.givePidAway(task.id)
    },
    ending: { ...LOST, text: BEFORE },
  },
  {
    what: 'the machine is restarted',
    when: [WITHOUT],
    agent: 'gated',
    harm: (scene, task) => {
      killAll(task)
      scene.restartMachine(task.id)
    },
    ending: { ...LOST, text: BEFORE, error: expect.stringContaining('The machine was restarted') },
  },
  {
    what: 'the machine is restarted, and the pid belongs to another process',
    when: [WITHOUT],
    agent: 'gated',
    harm: (scene, task) => {
      killAll(task)
      scene.restartMachine(task.id)
      scene.givePidAway(task.id)
    },
    ending: { ...LOST, text: BEFORE },
  },
  {
    what: 'the machine is restarted after an end of which no daemon has heard',
    when: [WITHOUT],
    agent: 'gated',
    harm: async (scene, { id }) => {
      scene.openGate()
      await scene.untilGone(id)
      scene.restartMachine(id)
    },
    ending: { status: 'failed', endReason: 'exit', exitCode: 5, text: WHOLE },
  },
]

describe.each(FAULTS)('promise 6: $what', ({ what, when: times, agent, harm, after, ending }) => {
  it.each(times)('%s', async (when) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const scene = await openLossScene()
      const tasks = await scene.start(agent, TASKS)
      if (when === WITHOUT) await scene.leave()
      for (const task of tasks) await harm(scene, task)
      after?.(scene)
      if (when === WITHOUT) {
        for (const { id } of tasks) await scene.untilGone(id)
        await scene.comeBack()
      }
      for (const { id } of tasks) {
        expect(await scene.ending(id)).toMatchObject(ending)
        // The wrapper has recorded the end, and may be about to go itself.
        await scene.untilGone(id)
      }
      expect(scene.strangersLive(), 'nobody else is killed').toBe(true)
    }
    report({ table: 'faults', what: `${what}, ${when}`, amount: AMOUNT, seen: told(ending) })
  })
})

it('promise 8: a cancel ends the processes of the task, and not the one that has its pid by now', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const scene = await openLossScene()
    const tasks = await scene.start('gated', TASKS)
    await scene.leave()
    for (const { id, wrapper } of tasks) {
      kill(wrapper)
      scene.givePidAway(id)
    }
    await scene.comeBack()
    for (const { id } of tasks) {
      await callOf(scene.client, 'kiro_task_cancel', { task_id: id })
      expect(await scene.ending(id)).toMatchObject({ status: 'cancelled', text: BEFORE })
      expect(processesWith(`SPOOLD_TASK_ID=${id}`)).toEqual([])
    }
    expect(scene.strangersLive(), 'nobody else is killed').toBe(true)
  }
  report({
    table: 'faults',
    what: 'a task is cancelled whose wrapper was killed and whose pid belongs to another process',
    amount: AMOUNT,
    seen: 'its own processes are gone, the other one lives',
  })
})

function told({ endReason, exitCode, text }: Fault['ending']): string {
  const end = endReason === 'lost' ? 'failed, lost' : `failed, exit code ${exitCode}`
  return `${end}; ${text === WHOLE ? 'all that it wrote' : 'what it had written'} is there`
}
