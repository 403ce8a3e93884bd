import { readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type poll, textOfChunks } from '../helpers/mcp-client.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { type FaultScene, openFaultScene } from './faults/fault-scene.js'
import { expectAllOf, pollNow, readWhole, startWriter, type WrittenTask } from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'
import { textOf } from './scene/writer.mjs'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const ROUNDS = inForm({ short: 1, long: 3 })

type Fault = (scene: FaultScene, taskId: string) => void

const FAULTS: { what: string; inflict: Fault; restart?: true; ends: 'lost' | 'whole' | 'truncated' }[] = [
  {
    what: 'the spool of a task is removed',
    inflict: ({ paths }, taskId) => rmSync(join(paths.spool, taskId), { recursive: true }),
    ends: 'lost',
  },
  {
    what: 'the directory of all spools is removed',
    inflict: ({ paths }) => rmSync(paths.spool, { recursive: true }),
    ends: 'lost',
  },
  {
    what: 'the spool of a task is removed and the daemon killed',
    inflict: ({ paths }, taskId) => rmSync(join(paths.spool, taskId), { recursive: true }),
    restart: true,
    ends: 'lost',
  },
  {
    what: 'a spool file is replaced by another file',
    inflict: ({ paths }, taskId) => {
      const out = join(paths.spool, taskId, 'out')
      writeFileSync(`${out}.other`, 'nothing that the task wrote')
      renameSync(`${out}.other`, out)
    },
    ends: 'whole',
  },
  {
    what: 'a spool file is truncated to nothing',
    inflict: ({ paths }, taskId) => truncateSync(join(paths.spool, taskId, 'out')),
    ends: 'truncated',
  },
]

it.each(FAULTS)(
  `promises 1, 6 and 9: $what: chunks that were read stay, and the loss is reported (seed ${SEED})`,
  async ({ what, inflict, restart, ends }) => {
    const scene = await openFaultScene()
    let daemon = await scene.start()
    const client = await scene.connect()
    for (let round = 0; round < ROUNDS; round += 1) {
      const task = await startWriter(client, { seed: SEED + round, bytes: 16_000, exitCode: 3, pauseMs: 15 })
      await waitFor('its output', async () => {
        await pollNow(client, task)
        return textOfChunks(task.seen).length > 300
      })
      if (restart) await daemon.kill('SIGKILL')
      inflict(scene, task.taskId)
      if (restart) daemon = await scene.start()
      if (ends === 'whole') await expectAllOf(client, task)
      else if (ends === 'truncated') await expectTruncated(client, task)
      else await expectLost(client, task)
      await waitFor(
        'no process to be left',
        () => processesWith(`SPOOLD_TASK_ID=${task.taskId}`).length === 0,
      )
      const next = await startWriter(client, { seed: SEED, bytes: 2_000, exitCode: 0, pauseMs: 1 })
      await expectAllOf(client, next)
    }
    expect(daemon.child.exitCode).toBeNull()
    await waitFor('no spool to be left', () => readdirSync(scene.paths.spool).length === 0)
    report({
      table: 'faults',
      scenario: `${what} while the task writes`,
      amount: `${ROUNDS} times`,
      result: RESULTS[ends],
    })
  },
)

const RESULTS = {
  lost: 'the task ended as lost; its output until then is kept, and the loss is reported; the next task was complete',
  whole: 'the task continued, and its text is complete',
  truncated: 'the task continued; a notice marks the place of the loss, and everything before it is kept',
}

type Client = Parameters<typeof poll>[0]

/** Without an exit code the task is lost. What was read is the beginning of its text. */
async function expectLost(client: Client, task: WrittenTask): Promise<void> {
  const { text, last, chunks } = await readWhole(client, task)
  expect(last).toMatchObject({ status: 'failed', end_reason: 'lost', exit_code: null })
  expect(textOf(task.seed, task.bytes).startsWith(text.replace(/\uFFFD+$/, ''))).toBe(true)
  expect(chunks.at(-1)?.content).toContain('the output read before is kept')
}

/** After the notice the text goes on at some later place. */
async function expectTruncated(client: Client, task: WrittenTask): Promise<void> {
  const { last, chunks } = await readWhole(client, task)
  expect(last).toMatchObject({ status: 'failed', end_reason: 'exit', exit_code: 3 })
  const notice = chunks.findIndex(({ kind, content }) => kind === 'notice' && content.includes('truncated'))
  expect(notice).toBeGreaterThanOrEqual(task.seen.length)
  const written = textOf(task.seed, task.bytes)
  const before = textOfChunks(chunks.slice(0, notice))
  expect(written.startsWith(before)).toBe(true)
  // The remains of a split character can form another one with what follows.
  const after = [...textOfChunks(chunks.slice(notice))]
  expect([0, 1, 2, 3].some((torn) => written.endsWith(after.slice(torn).join('')))).toBe(true)
}
