import { describe, expect, it } from 'vitest'
import { killProcessesWith, processesWith } from '../helpers/processes.js'
import { callOf } from '../helpers/read-on.js'
import { inForm } from './form.js'
import { report } from './report.js'
import { type LossAgent, type LossScene, openLossScene, type WaitingTask } from './scene/loss-scene.js'

/** How often each test runs, each time with a new daemon. */
const ROUNDS = inForm({ short: 1, long: 2 })
/** Tasks that suffer the same fault at the same time. */
const TASKS = inForm({ short: 2, long: 8 })
const AMOUNT = `${ROUNDS * TASKS} tasks`

const WITH = 'while the daemon runs'
const WITHOUT = 'while no daemon runs'
type When = typeof WITH | typeof WITHOUT

interface Fault {
  what: string
  when: When[]
  agent: LossAgent
  /** Applied to each task. */
  inflict(scene: LossScene, task: WaitingTask): void | Promise<void>
  /** Called once after all tasks have suffered the fault, since they share a gate. */
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
    inflict: (_, { agent }) => kill(agent),
    ending: { status: 'failed', endReason: 'exit', exitCode: 137, text: BEFORE },
  },
  {
    what: 'the wrapper is killed, and the agent exits by itself',
    when: [WITH, WITHOUT],
    agent: 'gated',
    inflict: (_, { wrapper }) => kill(wrapper),
    after: (scene) => scene.openGate(),
    ending: { ...LOST, text: WHOLE },
  },
  {
    what: 'the wrapper and the agent are killed',
    when: [WITH, WITHOUT],
    agent: 'gated',
    inflict: (_, task) => killAll(task),
    ending: { ...LOST, text: BEFORE },
  },
  {
    what: 'the wrapper is killed after the agent has reported its end, and the agent exits by itself',
    when: [WITH, WITHOUT],
    agent: 'reportsDone',
    inflict: (_, { wrapper }) => kill(wrapper),
    after: (scene) => scene.openGate(),
    ending: { ...LOST, text: 'before' },
  },
  {
    what: 'the wrapper and the agent are killed after the agent has reported its end',
    when: [WITH, WITHOUT],
    agent: 'reportsDone',
    inflict: (_, task) => killAll(task),
    ending: { ...LOST, text: 'before' },
  },
  {
    what: 'wrapper and agent are killed, and the pid is reused by another process',
    when: [WITHOUT],
    agent: 'gated',
    inflict: (scene, task) => {
      killAll(task)
      scene.reusePid(task.id)
    },
    ending: { ...LOST, text: BEFORE },
  },
  {
    what: 'the machine is restarted',
    when: [WITHOUT],
    agent: 'gated',
    inflict: (scene, task) => {
      killAll(task)
      scene.restartMachine(task.id)
    },
    ending: { ...LOST, text: BEFORE, error: expect.stringContaining('The machine was restarted') },
  },
  {
    what: 'the machine is restarted, and the pid is reused by another process',
    when: [WITHOUT],
    agent: 'gated',
    inflict: (scene, task) => {
      killAll(task)
      scene.restartMachine(task.id)
      scene.reusePid(task.id)
    },
    ending: { ...LOST, text: BEFORE },
  },
  {
    what: 'the machine is restarted after an end that no daemon has noticed',
    when: [WITHOUT],
    agent: 'gated',
    inflict: async (scene, { id }) => {
      scene.openGate()
      await scene.untilGone(id)
      scene.restartMachine(id)
    },
    ending: { status: 'failed', endReason: 'exit', exitCode: 5, text: WHOLE },
  },
]

describe.each(FAULTS)('promise 6: $what', ({ what, when: times, agent, inflict, after, ending }) => {
  it.each(times)('%s', async (when) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const scene = await openLossScene()
      const tasks = await scene.start(agent, TASKS)
      if (when === WITHOUT) await scene.killDaemon()
      for (const task of tasks) await inflict(scene, task)
      after?.(scene)
      if (when === WITHOUT) {
        for (const { id } of tasks) await scene.untilGone(id)
        await scene.restartDaemon()
      }
      for (const { id } of tasks) {
        expect(await scene.ending(id)).toMatchObject(ending)
        // The wrapper records the end just before it exits itself.
        await scene.untilGone(id)
      }
      expect(scene.foreignAlive(), 'no other process is killed').toBe(true)
    }
    report({ table: 'faults', scenario: `${what}, ${when}`, amount: AMOUNT, result: describeEnding(ending) })
  })
})

it('promise 8: a cancel ends the processes of the task, and not a process that reuses its pid', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const scene = await openLossScene()
    const tasks = await scene.start('gated', TASKS)
    await scene.killDaemon()
    for (const { id, wrapper } of tasks) {
      kill(wrapper)
      scene.reusePid(id)
    }
    await scene.restartDaemon()
    for (const { id } of tasks) {
      await callOf(scene.client, 'kiro_task_cancel', { task_id: id })
      expect(await scene.ending(id)).toMatchObject({ status: 'cancelled', text: BEFORE })
      expect(processesWith(`SPOOLD_TASK_ID=${id}`)).toEqual([])
    }
    expect(scene.foreignAlive(), 'no other process is killed').toBe(true)
  }
  report({
    table: 'faults',
    scenario: 'cancel of a task whose wrapper was killed and whose pid was reused by another process',
    amount: AMOUNT,
    result: 'the processes of the task are gone, the other process is alive',
  })
})

function describeEnding({ endReason, exitCode, text }: Fault['ending']): string {
  const end = endReason === 'lost' ? 'failed, lost' : `failed, exit code ${exitCode}`
  return `${end}; ${text === WHOLE ? 'its whole output' : 'its output until then'} is kept`
}
