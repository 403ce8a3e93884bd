import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { connectModernClient } from '../helpers/client-2026.js'
import { call, connectSdkClient, openTestServer } from '../helpers/http-server.js'
import { waitFor } from '../helpers/wait-for.js'
import { postModern } from '../helpers/wire-2026.js'
import { acpAgent, steps } from '../tasks/acp-agent.js'
import { openScene, type Scene, shellAgent } from '../tasks/scene.js'

async function open(scene: Scene) {
  return (await openTestServer(scene.service)).url
}

describe('kiro_chat', () => {
  test("returns the agent's answer, for hosts of either kind, with a link to it", async () => {
    const client = await connectSdkClient(await open(openScene()))
    const { text, structured, result } = await call(client, 'kiro_chat', { message: 'short work' })
    expect(structured).toMatchObject({ status: 'completed', is_done: true, has_more: false })
    expect(structured.new_content).toBe('short work')
    expect(text.split('short work')).toHaveLength(2)
    expect(JSON.stringify(structured).split('short work')).toHaveLength(2)
    const uri = `spool://tasks/${structured.task_id}/output`
    expect(result.content[1]).toMatchObject({ type: 'resource_link', uri })
  })

  test('returns the answer so far and the handle if the work takes longer than the call may wait', async () => {
    const scene = openScene({ agents: { long: shellAgent('echo begun; sleep 300') } })
    const client = await connectSdkClient(await open(scene))
    const { text, structured, isError } = await call(client, 'kiro_chat', {
      message: 'x',
      agent: 'long',
      wait_ms: 700,
    })
    expect(isError).toBe(false)
    expect(structured).toMatchObject({ is_done: false, task_id: expect.any(String) })
    expect(text).toContain('begun')
    expect(text).toContain('kiro_task_status')
    const { task } = await scene.progress(String(structured.task_id))
    expect(task.status).toBe('streaming')
  })

  test('a failed agent is a result with isError, and so is one that cannot be run', async () => {
    const missing = { kind: 'command', argv: ['no-such-program-anywhere'], args: [], env: {}, passEnv: [] }
    const scene = openScene({ agents: { missing, bad: shellAgent('echo so far; exit 3') } })
    const client = await connectSdkClient(await open(scene))
    const bad = await call(client, 'kiro_chat', { message: 'x', agent: 'bad' })
    expect(bad).toMatchObject({ isError: true, structured: { status: 'failed', exit_code: 3 } })
    expect(bad.text).toContain('so far')
    const none = await call(client, 'kiro_chat', { message: 'x', agent: 'missing' })
    expect(none).toMatchObject({
      isError: true,
      structured: { task_id: expect.any(String), end_reason: 'agent_missing' },
    })
    expect(none.text).toContain('install it')
  })

  test('returns the start of an answer that does not fit, and polling by index returns the rest', async () => {
    const scene = openScene({ agents: { long: shellAgent('printf %20000s end') } })
    const client = await connectSdkClient(await open(scene))
    const first = await call(client, 'kiro_chat', { message: 'x', agent: 'long' })
    expect(first.structured).toMatchObject({ status: 'completed', is_done: false, has_more: true })
    let output = String(first.structured.new_content)
    expect(output.length).toBeGreaterThan(1_000)
    let { structured } = first
    while (structured.is_done !== true) {
      const args = {
        task_id: structured.task_id,
        from_chunk_index: structured.next_chunk_index,
        detail: 'content',
      }
      structured = (await call(client, 'kiro_task_status', args)).structured
      output += structured.new_content
    }
    expect(output).toBe('end'.padStart(20_000))
  })

  test('a repeat with the same key waits for the same task', async () => {
    const scene = openScene()
    const client = await connectSdkClient(await open(scene))
    const input = { message: 'x', idempotency_key: 'k' }
    const [one, two] = await Promise.all([call(client, 'kiro_chat', input), call(client, 'kiro_chat', input)])
    expect(one.structured.task_id).toBe(two.structured.task_id)
  })
})

describe("an agent's question in kiro_chat", () => {
  const asking = steps({ say: 'before\n' }, { ask: 'run "make"' }, { say: 'after' })
  const openAsking = () => openScene({ agents: { acp: acpAgent({}, { permissions: 'ask' }).settings } })
  const chat = { name: 'kiro_chat', arguments: { message: asking, agent: 'acp' } }

  test('is asked of the user of a client of 2025 with elicitation, in the stream of its call', async () => {
    const scene = openAsking()
    const client = await connectSdkClient(await open(scene), { capabilities: { elicitation: {} } })
    const asked: unknown[] = []
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(params.message)
      return { action: 'accept', content: { option: 'once' } }
    })
    const { structured, text } = await call(client, 'kiro_chat', chat.arguments)
    expect(asked).toEqual(['spoold: the agent acp asks for permission: run "make"'])
    expect(structured).toMatchObject({ status: 'completed' })
    expect(text).toContain('after')
    expect((await scene.service.list({ includeDone: true, limit: 10 })).tasks).toHaveLength(1)
  })

  test('without a response ends with the wait: its form is withdrawn, and the handle is returned', async () => {
    const scene = openAsking()
    const client = await connectSdkClient(await open(scene), { capabilities: { elicitation: {} } })
    const taken: unknown[] = []
    client.setRequestHandler(ElicitRequestSchema, async (_, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      taken.push(signal.reason)
      return { action: 'cancel' }
    })
    const { structured, text } = await call(client, 'kiro_chat', { ...chat.arguments, wait_ms: 1_500 })
    expect(structured).toMatchObject({ status: 'input_required', task_id: expect.any(String) })
    expect(text).toContain('kiro_task_respond')
    await waitFor('the form to be taken back', () => taken.length === 1)
  })

  test('that somebody else responds to lets the call continue, and its form is withdrawn', async () => {
    const scene = openAsking()
    const client = await connectSdkClient(await open(scene), { capabilities: { elicitation: {} } })
    client.setRequestHandler(ElicitRequestSchema, async (_, { signal }) => {
      const [task] = (await scene.service.list({ includeDone: false, limit: 1 })).tasks
      await scene.service.respond({ taskId: String(task?.id), text: 'no' })
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return { action: 'accept', content: { option: 'once' } }
    })
    const { structured, text } = await call(client, 'kiro_chat', chat.arguments)
    expect(structured.status).toBe('completed')
    expect(text).toContain('answer: never')
  })

  test('that two users respond to at once ends neither of their calls', async () => {
    const scene = openAsking()
    const url = await open(scene)
    const forms: (() => void)[] = []
    const clients = await Promise.all(
      [1, 2].map(() => connectSdkClient(url, { capabilities: { elicitation: {} } })),
    )
    for (const client of clients) {
      client.setRequestHandler(ElicitRequestSchema, async () => {
        await new Promise<void>((resolve) => forms.push(resolve))
        return { action: 'accept', content: { option: 'once' } }
      })
    }
    const input = { ...chat.arguments, idempotency_key: 'k' }
    const both = clients.map((client) => call(client, 'kiro_chat', input))
    await waitFor('both forms', () => forms.length === 2)
    for (const answer of forms) answer()
    for (const { structured } of await Promise.all(both)) expect(structured.status).toBe('completed')
  })

  test('with a response is not asked again, even before the agent has received the response', async () => {
    const scene = openAsking()
    const url = await open(scene)
    const able = { capabilities: { elicitation: {} } }
    const key = { ...chat, arguments: { ...chat.arguments, idempotency_key: 'k' } }
    const first = await postModern(url, 'tools/call', key, able)
    expect(first.result.resultType).toBe('input_required')
    const { task } = await scene.service.respond({ taskId: String(first.result.requestState), text: 'no' })
    expect(task.status).toBe('streaming')
    const second = await postModern(url, 'tools/call', key, able)
    expect(second.result).toMatchObject({ structuredContent: { status: 'completed' } })
  })

  test('with an unusable response is asked again, with the reason', async () => {
    const client = await connectSdkClient(await open(openAsking()), { capabilities: { elicitation: {} } })
    const asked: string[] = []
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(params.message)
      return { action: 'accept', content: { option: asked.length === 1 ? 'Allow' : 'once' } }
    })
    const { structured } = await call(client, 'kiro_chat', chat.arguments)
    expect(structured.status).toBe('completed')
    expect(asked).toHaveLength(2)
    expect(asked[1]).toMatch(/content\.option must be one of once, never, got "Allow".*run "make"/)
  })

  test('is not asked by a call that does not wait', async () => {
    const scene = openAsking()
    const client = await connectSdkClient(await open(scene), { capabilities: { elicitation: {} } })
    let count = 0
    client.setRequestHandler(ElicitRequestSchema, async () => {
      count += 1
      return { action: 'cancel' }
    })
    const input = { ...chat.arguments, idempotency_key: 'k', wait_ms: 0 }
    const { structured } = await call(client, 'kiro_chat', input)
    const id = String(structured.task_id)
    await waitFor('the question', async () => (await scene.service.get(id)).status === 'input_required')
    const again = await call(client, 'kiro_chat', input)
    expect(again.structured).toMatchObject({ status: 'input_required', task_id: id })
    expect(count).toBe(0)
  })

  test('is one of many, and each is asked once', async () => {
    const scene = openAsking()
    const client = await connectSdkClient(await open(scene), { capabilities: { elicitation: {} } })
    let count = 0
    client.setRequestHandler(ElicitRequestSchema, async () => {
      count += 1
      return { action: 'accept', content: { option: 'once' } }
    })
    const message = steps(...Array.from({ length: 10 }, (_, n) => ({ ask: `step ${n}` })), { say: 'after' })
    const { structured } = await call(client, 'kiro_chat', { message, agent: 'acp' })
    expect(structured.status).toBe('completed')
    expect(count).toBe(10)
  })

  test('is reported to a client of 2025 without elicitation, and answered by kiro_task_respond', async () => {
    const client = await connectSdkClient(await open(openAsking()))
    const { structured, text } = await call(client, 'kiro_chat', chat.arguments)
    expect(structured).toMatchObject({ status: 'input_required', question: { text: 'run "make"' } })
    expect(text).toContain('kiro_task_respond')
  })

  test('is asked of the user of a client of 2026 with elicitation, and the same task continues', async () => {
    const scene = openAsking()
    const client = await connectModernClient(await open(scene), {
      client: { capabilities: { elicitation: { form: {} } } },
    })
    const asked: unknown[] = []
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message)
      return { action: 'decline' }
    })
    const result = await client.callTool(chat)
    expect(asked).toEqual(['spoold: the agent acp asks for permission: run "make"'])
    expect(result.structuredContent).toMatchObject({ status: 'completed' })
    expect(JSON.stringify(result.content)).toContain('after')
    expect((await scene.service.list({ includeDone: true, limit: 10 })).tasks).toHaveLength(1)
  })

  test('that the user closes is reported, and not asked again', async () => {
    const url = await open(openAsking())
    const able = { capabilities: { elicitation: {} } }
    const first = await postModern(url, 'tools/call', chat, able)
    expect(first.result).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) })
    const { requestState, inputRequests } = first.result
    const [key] = Object.keys(inputRequests as object)
    const inputResponses = { [String(key)]: { action: 'cancel' } }
    const again = await postModern(url, 'tools/call', { ...chat, requestState, inputResponses }, able)
    expect(again.result).toMatchObject({
      resultType: 'complete',
      structuredContent: { status: 'input_required', task_id: requestState },
    })
  })

  test('that was answered before the client repeats its call is not a failure', async () => {
    const scene = openAsking()
    const url = await open(scene)
    const able = { capabilities: { elicitation: {} } }
    const { requestState, inputRequests } = (await postModern(url, 'tools/call', chat, able)).result
    const inputResponses = { [String(Object.keys(inputRequests as object)[0])]: { action: 'decline' } }
    const again = { ...chat, requestState, inputResponses }
    const [{ result: one }, { result: two }] = await Promise.all([
      postModern(url, 'tools/call', again, able),
      postModern(url, 'tools/call', again, able),
    ])
    expect([one, two]).toMatchObject([
      { structuredContent: { status: 'completed', task_id: requestState } },
      { structuredContent: { status: 'completed', task_id: requestState } },
    ])
  })

  test.each([
    ['an option that there is not', { action: 'accept', content: { option: 'always' } }, 'once, never'],
    ['no such action', { action: 'maybe' }, 'accept, decline or cancel'],
  ])('is not answered by %s', async (_, response, remedy) => {
    const scene = openAsking()
    const url = await open(scene)
    const able = { capabilities: { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } } }
    const { taskId } = (await postModern(url, 'tools/call', chat, able)).result
    const asked = await waitFor('the question', async () => {
      const { result } = await postModern(url, 'tasks/get', { taskId }, able)
      return result.status === 'input_required' && result
    })
    const inputResponses = { [String(Object.keys(asked.inputRequests as object)[0])]: response }
    const { error } = await postModern(url, 'tasks/update', { taskId, inputResponses }, able)
    expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining(remedy) })
    expect((await scene.service.get(String(taskId))).status).toBe('input_required')
    const nothing = await postModern(url, 'tasks/update', { taskId }, able)
    expect(nothing.error).toMatchObject({ code: -32_602 })
  })

  test('with a response but no state is refused, and nothing is started', async () => {
    const scene = openAsking()
    const able = { capabilities: { elicitation: {} } }
    const inputResponses = { q1: { action: 'accept', content: { option: 'once' } } }
    const rejected = await postModern(await open(scene), 'tools/call', { ...chat, inputResponses }, able)
    expect(rejected.result).toMatchObject({
      isError: true,
      structuredContent: { code: 'invalid_input', field: 'requestState' },
    })
    expect((await scene.service.list({ includeDone: true, limit: 10 })).tasks).toEqual([])
  })

  test('with the state of an unknown task is refused, and nothing is started', async () => {
    const scene = openAsking()
    const able = { capabilities: { elicitation: {} } }
    const rejected = await postModern(
      await open(scene),
      'tools/call',
      { ...chat, requestState: 'task-forged' },
      able,
    )
    expect(rejected.result).toMatchObject({ isError: true, structuredContent: { code: 'task_not_found' } })
    expect((await scene.service.list({ includeDone: true, limit: 10 })).tasks).toEqual([])
  })
})
