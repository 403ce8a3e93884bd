import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Processes } from '../../src/domain/processes.js'
import { isEnded } from '../../src/domain/task.js'
import { killProcessesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { acpAgent, steps } from './acp-agent.js'
import { openScene } from './scene.js'

function open(options: object = {}, over: object = {}) {
  const agent = acpAgent(options, over)
  const scene = openScene({ agents: { fake: agent.settings } })
  return { agent, scene, gate: join(scene.directory, 'gate') }
}

describe('an agent that speaks ACP', () => {
  it('streams its answer in several chunks', async () => {
    const { agent, scene, gate } = open()
    const message = steps({ think: 'Hm.' }, { say: 'one ' }, { wait: gate }, { say: 'two é日本' })
    const { id } = await scene.start(message, 'fake')
    await scene.untilText(id, 'one ')
    writeFileSync(gate, '')
    const task = await scene.untilEnd(id)
    expect(task).toMatchObject({ status: 'completed', endReason: 'exit', exitCode: 0 })
    expect(await scene.text(id)).toBe('one two é日本')
    const { chunks } = await scene.progress(id)
    expect(chunks.filter(({ kind }) => kind === 'text').map(({ content }) => content)).toEqual([
      'one ',
      'two é日本',
    ])
    expect(chunks.some(({ kind, content }) => kind === 'thought' && content.startsWith('Hm.'))).toBe(true)
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
    expect(scene.errors).toEqual([])
  })

  it('promise 4: continues through a restart in the middle of its turn, and is prompted once', async () => {
    const { agent, scene, gate } = open()
    const { id } = await scene.start(steps({ say: 'one ' }, { wait: gate }, { say: 'two' }), 'fake')
    await scene.untilText(id, 'one ')
    await scene.stopDaemon()
    writeFileSync(gate, '')
    await scene.startDaemon()
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toBe('one two')
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
  })

  it('promise 3: receives every message once, whenever a daemon dies between commit and write', async () => {
    const { agent, scene } = open()
    // At each write a first daemon dies before it, a second one after it, and a third one survives.
    const deaths: number[] = []
    const mortal: Processes = {
      ...scene.processes,
      openInput(attempt) {
        const input = scene.processes.openInput(attempt)
        return {
          ...input,
          async write(offset, text) {
            const before = deaths.filter((place) => place === offset).length
            if (before > 0) await input.write(offset, text)
            if (before === 2) return
            deaths.push(offset)
            throw new Error('the daemon dies')
          },
        }
      },
    }
    await scene.stopDaemon()
    await scene.startDaemon({ processes: mortal })
    const { id } = await scene.start('Grüße', 'fake')
    for (let death = 1; death <= 6; death += 1) {
      await waitFor(`death ${death}`, () => deaths.length >= death || null)
      await scene.stopDaemon()
      await scene.startDaemon({ processes: mortal })
    }
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toBe('Grüße')
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
  })

  it('accepts a message of any size and content', async () => {
    const { scene } = open()
    const message = `-x "quoted"\n${'日本 '.repeat(20_000)}end`
    const { id } = await scene.start(message, 'fake')
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toBe(message)
  })

  it('can print after its response to the prompt', async () => {
    const { scene } = open({ stubborn: true })
    const { id } = await scene.start(steps({ say: 'first ' }, { late: 'late' }), 'fake')
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toBe('first late')
  })

  it('reports its tools, its plan, its diagnostics, and messages that spoold does not understand', async () => {
    const { scene } = open()
    const tool = {
      sessionUpdate: 'tool_call',
      toolCallId: 'c1',
      title: 'Read',
      kind: 'read',
      status: 'in_progress',
    }
    const entries = [
      { content: 'look', status: 'completed', priority: 'high' },
      { content: 'mend', status: 'in_progress', priority: 'high' },
    ]
    const message = steps(
      { update: { ...tool, locations: [{ path: '/tmp/a.txt' }] } },
      { update: { sessionUpdate: 'plan', entries } },
      { print: 'a warning' },
      { raw: '{"jsonrpc":"2.0","method":"session/upda' },
      { raw: 'no JSON' },
      { foreign: 'a stranger' },
      { say: 'done' },
    )
    const { id } = await scene.start(message, 'fake')
    await scene.untilEnd(id)
    const { chunks } = await scene.progress(id)
    const contentOf = (kind: string) =>
      chunks.map((chunk) => (chunk.kind === kind ? chunk.content : '')).join('')
    expect(contentOf('tool')).toBe('Read: /tmp/a.txt\n')
    expect(contentOf('thought')).toBe('Plan: 1 of 2 done, now: mend\n')
    expect(contentOf('stderr')).toContain('a warning\n')
    expect(contentOf('stderr')).toContain('no JSON\n')
    expect(contentOf('notice')).toContain('[Invalid message of the agent')
    expect(contentOf('text')).toBe('done')
  })
})

describe('a conversation over ACP', () => {
  it('is resumed if the agent supports that', async () => {
    const { agent, scene } = open({ resume: true, load: true })
    const first = await scene.start('one', 'fake')
    await scene.untilEnd(first.id)
    const second = await scene.start('two', 'fake', { sessionId: first.sessionId })
    expect(await scene.untilEnd(second.id)).toMatchObject({ status: 'completed' })
    const received = agent.received()
    const opened = received.find(({ method }) => method === 'session/resume')
    const prompts = received.filter(({ method }) => method === 'session/prompt')
    expect(opened?.params.sessionId).toBe(prompts[0]?.params.sessionId)
    expect(prompts[1]?.params.sessionId).toBe(prompts[0]?.params.sessionId)
  })

  it.each([
    ['before', { load: true }],
    ['after', { load: true, lateReplay: true }],
  ])(
    'is loaded if it cannot be resumed, and a replay %s the response is not repeated',
    async (_, options) => {
      const { agent, scene } = open(options)
      const first = await scene.start('one', 'fake')
      await scene.untilEnd(first.id)
      const second = await scene.start('two', 'fake', { sessionId: first.sessionId })
      expect(await scene.untilEnd(second.id)).toMatchObject({ status: 'completed' })
      expect(await scene.text(second.id)).toBe('two')
      expect(agent.methods()).toContain('session/load')
    },
  )

  it('fails with the remedy if the agent supports neither', async () => {
    const { scene } = open()
    const first = await scene.start('one', 'fake')
    await scene.untilEnd(first.id)
    const second = await scene.start('two', 'fake', { sessionId: first.sessionId })
    const task = await scene.untilEnd(second.id)
    expect(task).toMatchObject({ status: 'failed', endReason: 'agent_error' })
    expect(task).toMatchObject({ error: expect.stringContaining('start a new session') })
  })

  it('signs in as the settings say, or fails with the remedy', async () => {
    const { scene, agent } = open({ signIn: 'key' }, { authMethod: 'key' })
    const { id } = await scene.start('hello', 'fake')
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(agent.methods()).toEqual(['initialize', 'authenticate', 'session/new', 'session/prompt'])
    const other = open({ signIn: 'key' })
    const failed = await other.scene.start('hello', 'fake')
    expect(await other.scene.untilEnd(failed.id)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/not signed in.*"authMethod".*key/),
    })
  })

  it.each(['options', 'models'])('sets its model by %s', async (models) => {
    const { scene, agent } = open({ models })
    const { id } = await scene.start('hello', 'fake', { model: 'model-b' })
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(JSON.stringify(agent.received()[2])).toContain('model-b')
  })

  it('fails if the agent does not let its model be set', async () => {
    const { scene } = open()
    const { id } = await scene.start('hello', 'fake', { model: 'model-b' })
    expect(await scene.untilEnd(id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('cannot be set over ACP'),
    })
  })
})

describe('the end of a turn over ACP', () => {
  it.each([
    [{ stop: 'max_tokens' }, /max_tokens/],
    [{ stop: 'refusal' }, /refused/],
    [{ stop: 'something_new' }, /something_new/],
    [{ fail: 'model is down' }, /Internal error: model is down/],
    [{ exit: 3 }, /in the middle of its turn \(exit code 3\)/],
    [{ exit: 0 }, /in the middle of its turn/],
  ])('promise 6: %j is no success', async (step, sentence) => {
    const { scene } = open()
    const { id } = await scene.start(steps({ say: 'some' }, step), 'fake')
    const task = await scene.untilEnd(id)
    expect(task).toMatchObject({ status: 'failed', error: expect.stringMatching(sentence) })
    expect(await scene.text(id)).toBe('some')
  })

  it('is a failure if the agent uses another version of the protocol', async () => {
    const { scene } = open({ version: 2 })
    const { id } = await scene.start('hello', 'fake')
    expect(await scene.untilEnd(id)).toMatchObject({ error: expect.stringContaining('version 2 of ACP') })
  })

  it('completes although the agent does not exit, and leaves no process', async () => {
    const { scene } = open({ stubborn: true })
    const { id } = await scene.start('hello', 'fake')
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed', exitCode: null })
    expect(await scene.text(id)).toBe('hello')
  })

  it('promise 6: is lost if the wrapper is killed and the agent exits', async () => {
    const { scene, gate } = open()
    const { id } = await scene.start(steps({ say: 'one' }, { wait: gate }, { exit: 3 }), 'fake')
    await scene.untilText(id, 'one')
    const [run] = await scene.store.activeRuns()
    if (!run?.identity) throw new Error('it is not running')
    process.kill(run.identity.pid, 'SIGKILL')
    // The feeder closes the agent's input, and the agent exits.
    writeFileSync(gate, '')
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'failed', endReason: 'lost' })
    expect(scene.processes.hasRemaining(run, run.identity)).toBe(false)
  })
})

describe('a turn over ACP that is done', () => {
  it('is completed although its processes were killed before they exited', async () => {
    const { scene } = open({ stubborn: true })
    const wakeUps: string[] = []
    const processes: Processes = {
      ...scene.processes,
      openInput(attempt) {
        const input = scene.processes.openInput(attempt)
        return {
          ...input,
          wake(word) {
            wakeUps.push(word)
            input.wake(word)
          },
        }
      },
    }
    await scene.stopDaemon()
    await scene.startDaemon({ processes })
    const { id } = await scene.start('hello', 'fake')
    await waitFor('the end of the turn', () => wakeUps.includes('end') || null)
    killProcessesWith(`SPOOLD_TASK_ID=${id}`)
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed', exitCode: null })
    expect(await scene.text(id)).toBe('hello')
  })
})

describe('a cancel over ACP', () => {
  it('promise 8: asks the agent first, keeps its last output, and leaves no process', async () => {
    const { scene, gate, agent } = open()
    const { id } = await scene.start(
      steps({ child: 300 }, { say: 'one ' }, { wait: gate }, { say: 'two' }),
      'fake',
    )
    await scene.untilText(id, 'one ')
    const [run] = await scene.store.activeRuns()
    const { task } = await scene.service.cancel(id)
    expect(task.status).toBe('cancelled')
    expect(await scene.text(id)).toBe('one last words')
    expect(agent.methods()).toContain('session/cancel')
    if (!run?.identity) throw new Error('it was not running')
    expect(scene.processes.hasRemaining(run, run.identity)).toBe(false)
  })

  it('promise 8: kills an agent that does not react', async () => {
    const { scene, gate } = open({ stubborn: true })
    const { id } = await scene.start(steps({ child: 300 }, { say: 'one' }, { wait: gate }), 'fake')
    await scene.untilText(id, 'one')
    const [run] = await scene.store.activeRuns()
    expect((await scene.service.cancel(id)).task.status).toBe('cancelled')
    if (!run?.identity) throw new Error('it was not running')
    expect(scene.processes.hasRemaining(run, run.identity)).toBe(false)
  })

  it('promise 8: is repeated if a kill fails', async () => {
    const { scene, gate } = open({ stubborn: true })
    let kills = 0
    const processes: Processes = {
      ...scene.processes,
      async kill(...args) {
        kills += 1
        if (kills === 1) throw new Error('no file descriptors are left')
        await scene.processes.kill(...args)
      },
    }
    await scene.stopDaemon()
    await scene.startDaemon({ processes })
    const { id } = await scene.start(steps({ say: 'one' }, { wait: gate }), 'fake')
    await scene.untilText(id, 'one')
    expect((await scene.service.cancel(id)).task.status).toBe('cancelled')
    expect(kills).toBe(2)
  })

  it('does not wait for the grace period if the agent is gone', async () => {
    const agent = acpAgent({ leaves: true })
    const limits = { outputLimitBytes: 1e6, killGraceMs: 60_000 }
    const scene = openScene({ agents: { fake: agent.settings }, over: { limits } })
    const { id } = await scene.start(steps({ say: 'one' }, { wait: join(scene.directory, 'gate') }), 'fake')
    await scene.untilText(id, 'one')
    // The timeout of this test is shorter than the grace period.
    expect((await scene.service.cancel(id)).task.status).toBe('cancelled')
  }, 30_000)

  it('ends an agent that never starts to work', async () => {
    const { scene, agent } = open({ mute: 'session/new' })
    const { id } = await scene.start('hello', 'fake')
    await waitFor('the session', () => agent.methods().includes('session/new') || null)
    expect((await scene.service.cancel(id)).task.status).toBe('cancelled')
    expect(agent.methods()).not.toContain('session/prompt')
  })

  it('promise 7: is also the effect of a time limit', async () => {
    const { scene, gate } = open()
    const { id } = await scene.start(steps({ wait: gate }), 'fake', { timeoutMs: 700 })
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'failed', endReason: 'timeout' })
  })
})

describe('a question of an agent', () => {
  const asking = () => steps({ say: 'before\n' }, { ask: 'run "rm"' }, { say: 'after' })

  async function untilAsked(scene: ReturnType<typeof openScene>, taskId: string) {
    return waitFor('a question', async () => {
      const { task } = await scene.progress(taskId)
      return task.status === 'input_required' && task
    })
  }

  it.each([
    ['deny', /Permission was denied: run "rm".*"permissions"/, 'answer: never'],
    ['allow', /Permission was given.*run "rm"/, 'answer: once'],
  ])('is answered by the settings: %s', async (permissions, notice, answer) => {
    const { scene } = open({}, { permissions })
    const { id } = await scene.start(asking(), 'fake')
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toBe(`before\n${answer}\nafter`)
    const { chunks } = await scene.progress(id)
    const notices = chunks.filter(({ kind }) => kind === 'notice').map(({ content }) => content)
    expect(notices.join('')).toMatch(notice)
  })

  it('is denied if no person attends the task, and asked otherwise', async () => {
    const { scene } = open()
    const alone = await scene.start(asking(), 'fake')
    await scene.untilEnd(alone.id)
    expect(await scene.text(alone.id)).toContain('answer: never')
    const attended = await scene.start(asking(), 'fake', { attended: true })
    await untilAsked(scene, attended.id)
  })

  it('waits for a person, through a restart between question and response', async () => {
    const { scene } = open({}, { permissions: 'ask' })
    const { id } = await scene.start(asking(), 'fake')
    const asked = await untilAsked(scene, id)
    expect(asked.question).toMatchObject({
      text: 'run "rm"',
      options: [
        { id: 'once', label: 'Allow', kind: 'allow_once' },
        { id: 'never', label: 'Reject', kind: 'reject_once' },
      ],
    })
    await scene.restart()
    expect((await scene.progress(id)).task).toMatchObject({
      status: 'input_required',
      question: asked.question,
    })
    await scene.service.respond({ taskId: id, option: 'once' })
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toBe('before\nanswer: once\nafter')
  })

  it('gets a response that was stored while no daemon could pass it on', async () => {
    const { scene } = open({}, { permissions: 'ask' })
    const { id } = await scene.start(asking(), 'fake')
    const { question } = await untilAsked(scene, id)
    await scene.store.recordResponse(id, { questionId: question.id, optionId: 'never' })
    await scene.restart()
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await scene.text(id)).toContain('answer: never')
  })

  it('ends a wait for the end of the task, once', async () => {
    const { scene } = open({}, { permissions: 'ask' })
    const { id } = await scene.start(asking(), 'fake')
    const wait = { from: 0, waitMs: 30_000, waitFor: 'done', maxBytes: 1e6 } as const
    const first = await scene.service.status(id, wait)
    expect(first.task.status).toBe('input_required')
    const again = scene.service.status(id, { ...wait, from: first.nextChunkIndex })
    await scene.service.respond({ taskId: id, text: 'No' })
    expect(isEnded((await again).task)).toBe(true)
  })

  it('promise 10: accepts one response, to the open question, that is one of its options', async () => {
    const { scene } = open({}, { permissions: 'ask' })
    const { id } = await scene.start(asking(), 'fake')
    const { question } = await untilAsked(scene, id)
    const respond = (request: object) => scene.service.respond({ taskId: id, ...request })
    await expect(respond({ option: 'perhaps' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(respond({})).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(respond({ option: 'once', questionId: 'another' })).rejects.toMatchObject({
      code: 'no_question',
    })
    await respond({ text: 'allow', questionId: question.id })
    await expect(respond({ option: 'never' })).rejects.toMatchObject({ code: 'no_question' })
    await scene.untilEnd(id)
    expect(await scene.text(id)).toContain('answer: once')
    await expect(respond({ option: 'once' })).rejects.toMatchObject({ code: 'no_question' })
  })

  it('promise 8: accepts no response once the task has to stop', async () => {
    const { scene, agent } = open({ stubborn: true }, { permissions: 'ask' })
    const { id } = await scene.start(asking(), 'fake')
    await untilAsked(scene, id)
    await scene.store.requestStop(id, 'cancelled')
    await expect(scene.service.respond({ taskId: id, text: 'yes' })).rejects.toMatchObject({
      code: 'no_question',
    })
    await scene.restart()
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'cancelled' })
    expect(await scene.text(id)).not.toContain('answer: once')
    expect(agent.methods()).toContain('session/cancel')
  })

  it('takes no capacity from tasks that work', async () => {
    const agent = acpAgent({}, { permissions: 'ask' })
    const scene = openScene({ agents: { fake: agent.settings }, over: { concurrency: 1 } })
    const waiting = await scene.start(asking(), 'fake')
    await untilAsked(scene, waiting.id)
    const other = await scene.start('hello')
    expect(await scene.untilEnd(other.id)).toMatchObject({ status: 'completed' })
    await scene.restart()
    const third = await scene.start('hello')
    expect(await scene.untilEnd(third.id)).toMatchObject({ status: 'completed' })
  })

  it('is ended by a cancel', async () => {
    const { scene } = open({}, { permissions: 'ask' })
    const { id } = await scene.start(asking(), 'fake')
    await untilAsked(scene, id)
    expect((await scene.service.cancel(id)).task.status).toBe('cancelled')
    expect(await scene.text(id)).toContain('answer: cancelled')
  })

  it('does not count as silence of the agent', async () => {
    const { scene } = open({}, { permissions: 'ask', stallSeconds: 4 })
    const { id } = await scene.start(asking(), 'fake')
    const { question } = await untilAsked(scene, id)
    // Longer than the silence limit, which this test is about.
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    await scene.service.respond({ taskId: id, option: 'once', questionId: question.id })
    expect(await scene.untilEnd(id)).toMatchObject({ status: 'completed' })
  })
})
