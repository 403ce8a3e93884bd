import { describe, expect, it } from 'vitest'
import { type SeenChunk, textOfChunks } from '../helpers/mcp-client.js'
import { BEGINNING, type GatedWork, openGatedWork, WHOLE } from './gated-work.js'
import {
  type Connection,
  inspect,
  inspectTool,
  openSessions,
  type Session,
  type ToolResult,
} from './inspector.js'

interface StatusFields {
  task_id: string
  status: string
  is_done: boolean
}

interface Poll extends StatusFields {
  new_chunks: SeenChunk[]
  next_chunk_index: number
  has_more: boolean
}

interface ProtocolTask {
  taskId: string
  status: string
}

const REVISIONS = { legacy: '2025-11-25', modern: '2026-07-28' }
const TOOLS = [
  'kiro_agents_list',
  'kiro_chat',
  'kiro_chat_async',
  'kiro_history',
  'kiro_session_create',
  'kiro_session_end',
  'kiro_session_list',
  'kiro_task_cancel',
  'kiro_task_list',
  'kiro_task_respond',
  'kiro_task_search',
  'kiro_task_status',
]

const CONNECTIONS: Connection[] = [
  { over: 'HTTP', era: 'legacy' },
  { over: 'HTTP', era: 'modern' },
  { over: 'stdio', era: 'legacy' },
  { over: 'stdio', era: 'modern' },
]

describe.each(CONNECTIONS)('the inspector over $over, in the $era era', (connection) => {
  const { era } = connection

  it('lists tools and prompts', async () => {
    const place = await openGatedWork()
    const server = await inspect(place, connection, 'initialize')
    expect(server).toMatchObject({ serverInfo: { name: 'spoold' }, protocolVersion: REVISIONS[era] })
    // Strict: it exits with an error if a tool's schema is invalid.
    const listed = await inspect<{ tools: { name: string }[] }>(place, connection, 'tools/list', '--strict')
    expect(listed.tools.map(({ name }) => name).sort()).toEqual(TOOLS)
    const { prompts } = await inspect<{ prompts: object[] }>(place, connection, 'prompts/list')
    expect(prompts).toMatchObject([{ name: 'delegate' }])
  })

  it('starts a task, polls it to its end and reads it as a resource', async () => {
    const work = await openGatedWork()
    const { task_id: taskId } = await inspectTool<StatusFields>(
      work,
      connection,
      'kiro_chat_async',
      work.input,
    )
    await work.started()
    const beginning = await poll(work, connection, taskId, { until: 'gate' })
    expect(textOfPolls(beginning)).toBe(BEGINNING)
    work.finish()
    const polls = await poll(work, connection, taskId, { earlier: beginning })
    expect(textOfPolls(polls)).toBe(WHOLE)
    expect(polls.at(-1)).toMatchObject({ status: 'completed' })

    const output = `spool://tasks/${taskId}/output`
    const listed = await inspect<{ resources: { uri: string }[] }>(work, connection, 'resources/list')
    expect(listed.resources.map(({ uri }) => uri)).toContain(output)
    const read = await inspect(work, connection, 'resources/read', '--uri', output)
    expect(read).toMatchObject({ contents: [{ uri: output, text: WHOLE }] })
  })

  it('runs kiro_chat as a protocol task', async () => {
    const work = await openGatedWork()
    const [caller, watcher] = await openSessions(work, connection)
    const result = callAsTask(caller, work)
    const taskId = await runningTask(watcher, work, era)
    work.finish()
    const ended = await result
    expect(ended.structuredContent).toMatchObject({ task_id: taskId, status: 'completed' })
    expect(ended.content[0]?.text?.endsWith(`\n\n${WHOLE}`)).toBe(true)
    expect(await get(watcher, taskId)).toMatchObject({ taskId, status: 'completed' })
    expect(await watcher('tasks/result', taskId)).toEqual(ended)
  })
})

describe.each(['HTTP', 'stdio'] as const)('the inspector with --cli over %s', (over) => {
  it('gets a handle from kiro_chat without waiting, in the legacy era, where it does not support tasks', async () => {
    const connection = { over, era: 'legacy' } as const
    const work = await openGatedWork()
    const handle = await inspectTool<StatusFields>(work, connection, 'kiro_chat', {
      ...work.input,
      wait_ms: 0,
    })
    expect(handle).toMatchObject({ is_done: false })
    work.finish()
    expect(textOfPolls(await poll(work, connection, handle.task_id))).toBe(WHOLE)
  })

  it('calls kiro_chat as a task in the modern era, and waits for its end', async () => {
    const work = await openGatedWork()
    const input = { ...work.input, wait_ms: 0 }
    const result = inspectTool<StatusFields>(work, { over, era: 'modern' }, 'kiro_chat', input)
    const finished = work.started().then(() => work.finish())
    expect(await result).toMatchObject({ is_done: true, status: 'completed' })
    await finished
  })
})

it.each(['legacy', 'modern'] as const)(
  'the inspector cancels a protocol task over HTTP, in the %s era',
  async (era) => {
    const work = await openGatedWork()
    const [caller, watcher] = await openSessions(work, { over: 'HTTP', era })
    const result = callAsTask(caller, work)
    const taskId = await runningTask(watcher, work, era)
    await watcher('tasks/cancel', taskId)
    await expect(result).rejects.toThrow('was cancelled')
    expect(await get(watcher, taskId)).toMatchObject({ taskId, status: 'cancelled' })
  },
)

/** Polls until the task has ended, or the agent waits at its gate. Resolves with all polls, earlier ones included. */
async function poll(
  work: GatedWork,
  connection: Connection,
  taskId: string,
  { earlier = [], until = 'end' }: { earlier?: Poll[]; until?: 'gate' | 'end' } = {},
): Promise<Poll[]> {
  const polls = [...earlier]
  for (;;) {
    const last = polls.at(-1)
    const input = {
      task_id: taskId,
      from_chunk_index: last?.next_chunk_index ?? 0,
      // Less than the whole output, so that several polls are needed.
      max_bytes: 2_000,
      detail: 'chunks',
    }
    const next = await inspectTool<Poll>(work, connection, 'kiro_task_status', input)
    polls.push(next)
    if (next.is_done || (until === 'gate' && textOfPolls(polls) === BEGINNING)) return polls
  }
}

function textOfPolls(polls: Poll[]): string {
  return textOfChunks(polls.flatMap(({ new_chunks }) => new_chunks))
}

/** As a plain call, this would return before the end of the work. */
function callAsTask(session: Session, { input: work }: GatedWork): Promise<ToolResult<StatusFields>> {
  const input = JSON.stringify({ ...work, wait_ms: 0 })
  const result = session<ToolResult<StatusFields>>(
    'tools/call',
    'kiro_chat',
    '--task',
    '--tool-args-json',
    input,
  )
  // A test that never awaits it has failed for another reason.
  result.catch(() => {})
  return result
}

/** The id of the only task, which is running. */
async function runningTask(session: Session, work: GatedWork, era: Connection['era']): Promise<string> {
  await work.started()
  const taskId = era === 'legacy' ? await listedByProtocol(session) : await listedByTool(session)
  expect(await get(session, taskId)).toMatchObject({ taskId, status: 'working' })
  return taskId
}

async function listedByProtocol(session: Session): Promise<string> {
  const { tasks } = await session<{ tasks: ProtocolTask[] }>('tasks/list')
  expect(tasks).toMatchObject([{ status: 'working' }])
  return tasks[0]?.taskId ?? ''
}

/** The extension of 2026-07-28 has no list. */
async function listedByTool(session: Session): Promise<string> {
  const listed = await session<ToolResult<{ tasks: StatusFields[] }>>('tools/call', 'kiro_task_list')
  const { tasks } = listed.structuredContent
  expect(tasks).toMatchObject([{ status: 'streaming' }])
  return tasks[0]?.task_id ?? ''
}

async function get(session: Session, taskId: string): Promise<ProtocolTask> {
  return (await session<{ task: ProtocolTask }>('tasks/get', taskId)).task
}
