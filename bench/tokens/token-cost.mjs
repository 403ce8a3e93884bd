// The tokens that a model needs to follow an agent's answer of 40 KB that is printed over 60 s: the arguments of its tool calls,
// and the results as a host shows them. The tools are the real ones; the task and the time are simulated.
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { chatAsync } from '../../dist/src/mcp/tools/chat-async.js'
import { taskStatus } from '../../dist/src/mcp/tools/task-status.js'
import { randomFrom } from '../harness/random.mjs'

const ANSWER_BYTES = 40_000
const SECONDS = 60
/** Poll interval of the clients of the original server. */
const ORIGINAL_POLL_MS = 500
const NOON = Date.parse('2026-01-02T12:00:00Z')
const TASK_ID = 'task-01kdz1t2v8q4m6x0c7b5n3h9ga'
const SESSION_ID = 'session-01kdz1t2v9r5n7y1d8c6p4j0hb'
const MESSAGE = 'Explain how the storage layer of this project works, file by file.'

const WORDS =
  'the a of to and in is that for with as it on are by this from each which when one chunk task store index query value ' +
  'process output daemon client server reads writes commits returns keeps waits after before never always function type ' +
  'error message session directory file offset table column transaction because therefore however first then finally small ' +
  'large new old row rows page cache memory time second limit default setting example result note next last `readChunks` ' +
  '`StatusQuery` `from_index` SQLite TypeScript JSON UTF-8 2026 16 64 0.5'

/** The pieces that the agent prints, each `at` ms after the start. The seed determines them. */
function printsOf(seed, maxWords) {
  const random = randomFrom(seed)
  const words = WORDS.split(' ')
  const prints = []
  for (let bytes = 0; bytes < ANSWER_BYTES; ) {
    const count = 1 + Math.floor(random() * maxWords)
    const text = Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ')
    const content = `${text}${random() < 0.1 ? '.\n' : random() < 0.1 ? ', ' : ' '}`
    prints.push(content)
    bytes += Buffer.byteLength(content)
  }
  const times = prints.map(() => random() * SECONDS * 1000).sort((a, b) => a - b)
  return prints.map((content, place) => ({ content, at: Math.round(times[place]) }))
}

const tokens = (text) => encode(text).length
const noCost = () => ({ calls: 0, tokens: 0, read: 0 })
/** `tokens` counts the conversation; `read` counts what the model reads in all turns, each of which reads the conversation so far. */
function addCall(cost, tool, args, result) {
  cost.calls += 1
  cost.tokens += tokens(tool) + tokens(JSON.stringify(args)) + tokens(result)
  cost.read += cost.tokens
}

/** What a host shows to the model: most hosts show only one half of a result. */
const SHOWN_BY = {
  text: ({ text }) => text,
  structured: ({ structured }) => JSON.stringify(structured),
}

/**
 * Follows the task with spoold's tools, as their descriptions recommend. If the host shows only structuredContent, the first result
 * says that the text is elsewhere, and the model continues with detail "content".
 */
async function followWithSpoold(prints, host) {
  const { service, context } = simulateService(prints)
  const cost = noCost()
  const call = async (tool, args) => {
    const result = await tool.call(service, args, context)
    addCall(cost, tool.name, args, SHOWN_BY[host](result))
    return result.structured
  }
  const { task_id } = await call(chatAsync, { message: MESSAGE })
  const cursor = { from_chunk_index: 0 }
  for (let detail = 'text'; ; ) {
    const result = await call(taskStatus, {
      ...{ task_id, ...cursor, wait_for: 'done', wait_ms: 50_000, detail },
    })
    if (host === 'structured' && detail === 'text') {
      detail = 'content'
      continue
    }
    if (result.is_done) return cost
    cursor.from_chunk_index = result.next_chunk_index
  }
}

function simulateService(prints) {
  const chunks = [
    { kind: 'notice', content: 'Processing your request...\n', at: 0 },
    ...prints.map((print) => ({ kind: 'text', ...print })),
    { kind: 'notice', content: '', at: SECONDS * 1000, isFinal: true },
  ].map((chunk, index) => ({ index, isFinal: false, ...chunk, at: NOON + chunk.at }))
  const endAt = NOON + SECONDS * 1000
  let now = NOON

  function task() {
    const available = chunks.filter(({ at }) => at <= now)
    const bytes = (some) => some.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
    const hasEnded = now >= endAt
    return {
      id: TASK_ID,
      sessionId: SESSION_ID,
      ...(hasEnded
        ? { status: 'completed', endReason: 'exit', exitCode: 0, completedAt: endAt }
        : { status: 'streaming' }),
      startedAt: NOON,
      chunkCount: available.length,
      bytes: bytes(available),
      textBytes: bytes(available.filter(({ kind }) => kind === 'text')),
      lastOutputAt: available.at(-1)?.at ?? null,
    }
  }

  const service = {
    start: async () => ({ task: task(), created: true }),
    async status(_taskId, { from, waitMs, waitFor, maxBytes }) {
      const nextOutputAt = waitFor === 'done' ? endAt : (chunks[from]?.at ?? endAt)
      now = Math.max(now, Math.min(now + waitMs, nextOutputAt))
      const available = chunks.filter(({ at }) => at <= now)
      const returned = []
      for (let bytes = 0, index = from; index < available.length; index += 1) {
        bytes += Buffer.byteLength(available[index].content)
        if (returned.length > 0 && bytes > maxBytes) break
        returned.push(available[index])
      }
      const nextChunkIndex = from + returned.length
      return {
        task: task(),
        chunks: returned,
        nextChunkIndex,
        hasMore: nextChunkIndex < available.length,
        result: null,
      }
    },
  }
  const context = {
    signal: new AbortController().signal,
    now: () => now,
    attended: false,
    maxBytes: 10_000,
    clientCapabilities: new Set(),
    tool: (name) => `kiro_${name}`,
  }
  return { service, context }
}

/**
 * Follows the task with the protocol of the original server: a poll every half second returns the new chunks, their joined content,
 * and at the end the complete result; timestamps are in Python's format. Its results are the same for every host.
 *
 * @param movesCursor whether each poll continues after the last chunk; the usage example of the original server always polls from 0
 */
function followWithOriginal(prints, movesCursor) {
  const cost = noCost()
  const task_id = 'task-3f9c1a7be204'
  const start = {
    task_id,
    session_id: 'session-123',
    status: 'pending',
    message: 'Task started. Poll kiro_task_status for updates.',
  }
  addCall(cost, 'kiro_chat_async', { message: MESSAGE, session_id: 'session-123' }, JSON.stringify(start))
  const all = [{ content: 'Processing your request...\n', at: 0 }, ...prints].map(
    ({ content, at }, index) => ({
      at,
      chunk: {
        content,
        index,
        timestamp: `${new Date(NOON + at).toISOString().slice(0, -1)}${String((index * 7919) % 1000).padStart(3, '0')}`,
        is_final: index === prints.length,
      },
    }),
  )
  const text = prints.map(({ content }) => content).join('')
  for (let at = ORIGINAL_POLL_MS, from = 0; ; at += ORIGINAL_POLL_MS) {
    const available = all.filter((print) => print.at <= at).map(({ chunk }) => chunk)
    const new_chunks = available.slice(from)
    const is_done = at >= SECONDS * 1000
    const result = {
      task_id,
      status: is_done ? 'completed' : 'streaming',
      is_done,
      total_bytes_received: available.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0),
      last_chunk_index: Math.max(0, available.length - 1),
      new_chunks,
      new_content: new_chunks.map(({ content }) => content).join(''),
      ...(is_done ? { result: text } : {}),
    }
    const args = movesCursor ? { task_id, from_chunk_index: from } : { task_id }
    addCall(cost, 'kiro_task_status', args, JSON.stringify(result))
    if (is_done) return cost
    if (movesCursor) from = available.length
  }
}

/**
 * The costs of following one simulated task.
 *
 * @param seed determines what the agent prints
 * @param maxWords maximum number of words that the agent prints at once; each print is a chunk in both protocols
 */
export async function measureTokens(seed, maxWords) {
  const prints = printsOf(seed, maxWords)
  return {
    answer: tokens(prints.map(({ content }) => content).join('')),
    chunks: prints.length,
    text: await followWithSpoold(prints, 'text'),
    structured: await followWithSpoold(prints, 'structured'),
    original: followWithOriginal(prints, true),
    originalFromZero: followWithOriginal(prints, false),
  }
}
