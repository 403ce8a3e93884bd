import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Processes } from '../../src/domain/processes.js'
import { isEnded } from '../../src/domain/task.js'
import { killProcessesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { acpAgent, steps } from './acp-agent.js'
import { openWorkshop } from './scene.js'

function open(options: object = {}, over: object = {}) {
  const agent = acpAgent(options, over)
  const workshop = openWorkshop({ agents: { fake: agent.settings } })
  return { agent, workshop, gate: join(workshop.directory, 'gate') }
}

describe('an agent that speaks ACP', () => {
  it('answers with text in several chunks, as it comes', async () => {
    const { agent, workshop, gate } = open()
    const message = steps({ think: 'Hm.' }, { say: 'one ' }, { wait: gate }, { say: 'two é日本' })
    const { id } = await workshop.start(message, 'fake')
    await workshop.untilText(id, 'one ')
    writeFileSync(gate, '')
    const task = await workshop.untilEnd(id)
    expect(task).toMatchObject({ status: 'completed', endReason: 'exit', exitCode: 0 })
    expect(await workshop.text(id)).toBe('one two é日本')
    const { chunks } = await workshop.progress(id)
    expect(chunks.filter(({ kind }) => kind === 'text').map(({ content }) => content)).toEqual([
      'one ',
      'two é日本',
    ])
    expect(chunks.some(({ kind, content }) => kind === 'thought' && content.startsWith('Hm.'))).toBe(true)
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
    expect(workshop.problems).toEqual([])
  })

  it('promise 4: goes on through a restart in the middle of its turn, and is asked once', async () => {
    const { agent, workshop, gate } = open()
    const { id } = await workshop.start(steps({ say: 'one ' }, { wait: gate }, { say: 'two' }), 'fake')
    await workshop.untilText(id, 'one ')
    await workshop.letGo()
    writeFileSync(gate, '')
    await workshop.takeUp()
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toBe('one two')
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
  })

  it('promise 3: says everything once, wherever a daemon dies between commit and write', async () => {
    const { agent, workshop } = open()
    // At each of its writes a daemon dies before it, the next one after it, and the third lives.
    const deaths: number[] = []
    const mortal: Processes = {
      ...workshop.runner,
      openInput(attempt) {
        const input = workshop.runner.openInput(attempt)
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
    await workshop.letGo()
    await workshop.takeUp({ processes: mortal })
    const { id } = await workshop.start('Grüße', 'fake')
    for (let death = 1; death <= 6; death += 1) {
      await waitFor(`death ${death}`, () => deaths.length >= death || null)
      await workshop.letGo()
      await workshop.takeUp({ processes: mortal })
    }
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toBe('Grüße')
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
  })

  it('takes a message of any size and content', async () => {
    const { workshop } = open()
    const message = `-x "quoted"\n${'日本 '.repeat(20_000)}end`
    const { id } = await workshop.start(message, 'fake')
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toBe(message)
  })

  it('takes what the agent says after the answer to its prompt', async () => {
    const { workshop } = open({ stubborn: true })
    const { id } = await workshop.start(steps({ say: 'first ' }, { late: 'late' }), 'fake')
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toBe('first late')
  })

  it('tells its tools, its plan, its diagnostics, and what nobody knows yet', async () => {
    const { workshop } = open()
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
    const { id } = await workshop.start(message, 'fake')
    await workshop.untilEnd(id)
    const { chunks } = await workshop.progress(id)
    const said = (kind: string) => chunks.map((chunk) => (chunk.kind === kind ? chunk.content : '')).join('')
    expect(said('tool')).toBe('Read: /tmp/a.txt\n')
    expect(said('thought')).toBe('Plan: 1 of 2 done, now: mend\n')
    expect(said('stderr')).toContain('a warning\n')
    expect(said('stderr')).toContain('no JSON\n')
    expect(said('notice')).toContain('[A message of the agent is damaged')
    expect(said('text')).toBe('done')
  })
})

describe('a conversation over ACP', () => {
  it('is resumed where the agent can', async () => {
    const { agent, workshop } = open({ resume: true, load: true })
    const first = await workshop.start('one', 'fake')
    await workshop.untilEnd(first.id)
    const second = await workshop.start('two', 'fake', { sessionId: first.sessionId })
    expect(await workshop.untilEnd(second.id)).toMatchObject({ status: 'completed' })
    const told = agent.told()
    const opened = told.find(({ method }) => method === 'session/resume')
    const prompts = told.filter(({ method }) => method === 'session/prompt')
    expect(opened?.params.sessionId).toBe(prompts[0]?.params.sessionId)
    expect(prompts[1]?.params.sessionId).toBe(prompts[0]?.params.sessionId)
  })

  it.each([
    ['before', { load: true }],
    ['after', { load: true, lateReplay: true }],
  ])(
    'is loaded where it cannot be resumed, and a replay %s the answer is not said again',
    async (_, options) => {
      const { agent, workshop } = open(options)
      const first = await workshop.start('one', 'fake')
      await workshop.untilEnd(first.id)
      const second = await workshop.start('two', 'fake', { sessionId: first.sessionId })
      expect(await workshop.untilEnd(second.id)).toMatchObject({ status: 'completed' })
      expect(await workshop.text(second.id)).toBe('two')
      expect(agent.methods()).toContain('session/load')
    },
  )

  it('fails with the remedy where the agent can do neither', async () => {
    const { workshop } = open()
    const first = await workshop.start('one', 'fake')
    await workshop.untilEnd(first.id)
    const second = await workshop.start('two', 'fake', { sessionId: first.sessionId })
    const task = await workshop.untilEnd(second.id)
    expect(task).toMatchObject({ status: 'failed', endReason: 'agent_error' })
    expect(task).toMatchObject({ error: expect.stringContaining('start a new session') })
  })

  it('signs in where the settings say how, and else says how', async () => {
    const { workshop, agent } = open({ signIn: 'key' }, { authMethod: 'key' })
    const { id } = await workshop.start('hello', 'fake')
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(agent.methods()).toEqual(['initialize', 'authenticate', 'session/new', 'session/prompt'])
    const other = open({ signIn: 'key' })
    const refused = await other.workshop.start('hello', 'fake')
    expect(await other.workshop.untilEnd(refused.id)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/not signed in.*"authMethod".*key/),
    })
  })

  it.each(['options', 'models'])('is told its model by %s', async (models) => {
    const { workshop, agent } = open({ models })
    const { id } = await workshop.start('hello', 'fake', { model: 'model-b' })
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(JSON.stringify(agent.told()[2])).toContain('model-b')
  })

  it('fails where a model is asked for that cannot be told', async () => {
    const { workshop } = open()
    const { id } = await workshop.start('hello', 'fake', { model: 'model-b' })
    expect(await workshop.untilEnd(id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('no model'),
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
    const { workshop } = open()
    const { id } = await workshop.start(steps({ say: 'some' }, step), 'fake')
    const task = await workshop.untilEnd(id)
    expect(task).toMatchObject({ status: 'failed', error: expect.stringMatching(sentence) })
    expect(await workshop.text(id)).toBe('some')
  })

  it('fails with a sentence where the agent speaks another version', async () => {
    const { workshop } = open({ version: 2 })
    const { id } = await workshop.start('hello', 'fake')
    expect(await workshop.untilEnd(id)).toMatchObject({ error: expect.stringContaining('version 2 of ACP') })
  })

  it('completes though the agent does not end by itself, and leaves nothing of it', async () => {
    const { workshop } = open({ stubborn: true })
    const { id } = await workshop.start('hello', 'fake')
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed', exitCode: null })
    expect(await workshop.text(id)).toBe('hello')
  })

  it('promise 6: is lost where the wrapper and the agent are killed', async () => {
    const { workshop, gate } = open()
    const { id } = await workshop.start(steps({ say: 'one' }, { wait: gate }, { exit: 3 }), 'fake')
    await workshop.untilText(id, 'one')
    const [run] = await workshop.store.activeRuns()
    if (!run?.identity) throw new Error('it does not run')
    process.kill(run.identity.pid, 'SIGKILL')
    // Its feeder ends the agent's input, after which the agent ends by itself.
    writeFileSync(gate, '')
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'failed', endReason: 'lost' })
    expect(workshop.runner.hasRemaining(run, run.identity)).toBe(false)
  })
})

describe('a turn over ACP that is done', () => {
  it('is completed though its processes were killed before they ended', async () => {
    const { workshop } = open({ stubborn: true })
    const rings: string[] = []
    const runner: Processes = {
      ...workshop.runner,
      openInput(attempt) {
        const input = workshop.runner.openInput(attempt)
        return {
          ...input,
          wake(word) {
            rings.push(word)
            input.wake(word)
          },
        }
      },
    }
    await workshop.letGo()
    await workshop.takeUp({ processes: runner })
    const { id } = await workshop.start('hello', 'fake')
    await waitFor('the end of the turn', () => rings.includes('end') || null)
    killProcessesWith(`SPOOLD_TASK_ID=${id}`)
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed', exitCode: null })
    expect(await workshop.text(id)).toBe('hello')
  })
})

describe('a cancel over ACP', () => {
  it('promise 8: asks the agent first, keeps its last words, and leaves nothing', async () => {
    const { workshop, gate, agent } = open()
    const { id } = await workshop.start(
      steps({ child: 300 }, { say: 'one ' }, { wait: gate }, { say: 'two' }),
      'fake',
    )
    await workshop.untilText(id, 'one ')
    const [run] = await workshop.store.activeRuns()
    const { task } = await workshop.service.cancel(id)
    expect(task.status).toBe('cancelled')
    expect(await workshop.text(id)).toBe('one last words')
    expect(agent.methods()).toContain('session/cancel')
    if (!run?.identity) throw new Error('it did not run')
    expect(workshop.runner.hasRemaining(run, run.identity)).toBe(false)
  })

  it('promise 8: ends one that takes no notice', async () => {
    const { workshop, gate } = open({ stubborn: true })
    const { id } = await workshop.start(steps({ child: 300 }, { say: 'one' }, { wait: gate }), 'fake')
    await workshop.untilText(id, 'one')
    const [run] = await workshop.store.activeRuns()
    expect((await workshop.service.cancel(id)).task.status).toBe('cancelled')
    if (!run?.identity) throw new Error('it did not run')
    expect(workshop.runner.hasRemaining(run, run.identity)).toBe(false)
  })

  it('promise 8: is tried again where a kill failed', async () => {
    const { workshop, gate } = open({ stubborn: true })
    let kills = 0
    const runner: Processes = {
      ...workshop.runner,
      async kill(...args) {
        kills += 1
        if (kills === 1) throw new Error('no file descriptors are left')
        await workshop.runner.kill(...args)
      },
    }
    await workshop.letGo()
    await workshop.takeUp({ processes: runner })
    const { id } = await workshop.start(steps({ say: 'one' }, { wait: gate }), 'fake')
    await workshop.untilText(id, 'one')
    expect((await workshop.service.cancel(id)).task.status).toBe('cancelled')
    expect(kills).toBe(2)
  })

  it('does not wait out the grace for one that has gone', async () => {
    const agent = acpAgent({ leaves: true })
    const limits = { outputLimitBytes: 1e6, killGraceMs: 60_000 }
    const workshop = openWorkshop({ agents: { fake: agent.settings }, over: { limits } })
    const { id } = await workshop.start(
      steps({ say: 'one' }, { wait: join(workshop.directory, 'gate') }),
      'fake',
    )
    await workshop.untilText(id, 'one')
    // Within this test's own limit, which is shorter than the grace.
    expect((await workshop.service.cancel(id)).task.status).toBe('cancelled')
  }, 30_000)

  it('ends one that never gets to work', async () => {
    const { workshop, agent } = open({ mute: 'session/new' })
    const { id } = await workshop.start('hello', 'fake')
    await waitFor('the session', () => agent.methods().includes('session/new') || null)
    expect((await workshop.service.cancel(id)).task.status).toBe('cancelled')
    expect(agent.methods()).not.toContain('session/prompt')
  })

  it('promise 7: a time limit ends it too', async () => {
    const { workshop, gate } = open()
    const { id } = await workshop.start(steps({ wait: gate }), 'fake', { timeoutMs: 700 })
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'failed', endReason: 'timeout' })
  })
})

describe('what an agent asks for', () => {
  const asking = () => steps({ say: 'before\n' }, { ask: 'run "rm"' }, { say: 'after' })

  async function untilAsked(workshop: ReturnType<typeof openWorkshop>, taskId: string) {
    return waitFor('a question', async () => {
      const { task } = await workshop.progress(taskId)
      return task.status === 'input_required' && task
    })
  }

  it.each([
    ['deny', /Permission was denied: run "rm".*"permissions"/, 'answer: never'],
    ['allow', /Permission was given.*run "rm"/, 'answer: once'],
  ])('is answered by the settings: %s', async (permissions, notice, answer) => {
    const { workshop } = open({}, { permissions })
    const { id } = await workshop.start(asking(), 'fake')
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toBe(`before\n${answer}\nafter`)
    const { chunks } = await workshop.progress(id)
    const notices = chunks.filter(({ kind }) => kind === 'notice').map(({ content }) => content)
    expect(notices.join('')).toMatch(notice)
  })

  it('is denied where nobody is there, and asked of a person who is', async () => {
    const { workshop } = open()
    const alone = await workshop.start(asking(), 'fake')
    await workshop.untilEnd(alone.id)
    expect(await workshop.text(alone.id)).toContain('answer: never')
    const attended = await workshop.start(asking(), 'fake', { attended: true })
    await untilAsked(workshop, attended.id)
  })

  it('waits for a person, through a restart between question and answer', async () => {
    const { workshop } = open({}, { permissions: 'ask' })
    const { id } = await workshop.start(asking(), 'fake')
    const asked = await untilAsked(workshop, id)
    expect(asked.question).toMatchObject({
      text: 'run "rm"',
      options: [
        { id: 'once', label: 'Allow', kind: 'allow_once' },
        { id: 'never', label: 'Reject', kind: 'reject_once' },
      ],
    })
    await workshop.restart()
    expect((await workshop.progress(id)).task).toMatchObject({
      status: 'input_required',
      question: asked.question,
    })
    await workshop.service.respond({ taskId: id, option: 'once' })
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toBe('before\nanswer: once\nafter')
  })

  it('gets an answer that was given while no daemon could hand it on', async () => {
    const { workshop } = open({}, { permissions: 'ask' })
    const { id } = await workshop.start(asking(), 'fake')
    const { question } = await untilAsked(workshop, id)
    await workshop.store.recordResponse(id, { questionId: question.id, optionId: 'never' })
    await workshop.restart()
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
    expect(await workshop.text(id)).toContain('answer: never')
  })

  it('tells who waits for the end, once', async () => {
    const { workshop } = open({}, { permissions: 'ask' })
    const { id } = await workshop.start(asking(), 'fake')
    const wait = { from: 0, waitMs: 30_000, waitFor: 'done', maxBytes: 1e6 } as const
    const first = await workshop.service.status(id, wait)
    expect(first.task.status).toBe('input_required')
    const again = workshop.service.status(id, { ...wait, from: first.nextChunkIndex })
    await workshop.service.respond({ taskId: id, text: 'No' })
    expect(isEnded((await again).task)).toBe(true)
  })

  it('promise 10: takes one answer, to the open question, that is one of its options', async () => {
    const { workshop } = open({}, { permissions: 'ask' })
    const { id } = await workshop.start(asking(), 'fake')
    const { question } = await untilAsked(workshop, id)
    const respond = (request: object) => workshop.service.respond({ taskId: id, ...request })
    await expect(respond({ option: 'perhaps' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(respond({})).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(respond({ option: 'once', questionId: 'another' })).rejects.toMatchObject({
      code: 'no_question',
    })
    await respond({ text: 'allow', questionId: question.id })
    await expect(respond({ option: 'never' })).rejects.toMatchObject({ code: 'no_question' })
    await workshop.untilEnd(id)
    expect(await workshop.text(id)).toContain('answer: once')
    await expect(respond({ option: 'once' })).rejects.toMatchObject({ code: 'no_question' })
  })

  it('promise 8: gets no yes once it is to be stopped', async () => {
    const { workshop, agent } = open({ stubborn: true }, { permissions: 'ask' })
    const { id } = await workshop.start(asking(), 'fake')
    await untilAsked(workshop, id)
    await workshop.store.requestStop(id, 'cancelled')
    await expect(workshop.service.respond({ taskId: id, text: 'yes' })).rejects.toMatchObject({
      code: 'no_question',
    })
    await workshop.restart()
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'cancelled' })
    expect(await workshop.text(id)).not.toContain('answer: once')
    expect(agent.methods()).toContain('session/cancel')
  })

  it('takes no room from tasks that work', async () => {
    const agent = acpAgent({}, { permissions: 'ask' })
    const workshop = openWorkshop({ agents: { fake: agent.settings }, over: { concurrency: 1 } })
    const waiting = await workshop.start(asking(), 'fake')
    await untilAsked(workshop, waiting.id)
    const other = await workshop.start('hello')
    expect(await workshop.untilEnd(other.id)).toMatchObject({ status: 'completed' })
    await workshop.restart()
    const third = await workshop.start('hello')
    expect(await workshop.untilEnd(third.id)).toMatchObject({ status: 'completed' })
  })

  it('ends with a cancel while it waits', async () => {
    const { workshop } = open({}, { permissions: 'ask' })
    const { id } = await workshop.start(asking(), 'fake')
    await untilAsked(workshop, id)
    expect((await workshop.service.cancel(id)).task.status).toBe('cancelled')
    expect(await workshop.text(id)).toContain('answer: cancelled')
  })

  it('is no silence of the agent', async () => {
    const { workshop } = open({}, { permissions: 'ask', stallSeconds: 4 })
    const { id } = await workshop.start(asking(), 'fake')
    const { question } = await untilAsked(workshop, id)
    // Longer than the silence limit, which is what is under test.
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    await workshop.service.respond({ taskId: id, option: 'once', questionId: question.id })
    expect(await workshop.untilEnd(id)).toMatchObject({ status: 'completed' })
  })
})
