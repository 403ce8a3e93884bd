// What a model pays to follow an agent's answer of 40 KB that is printed over 60 s: the arguments of its tool calls, and the
// answers as a host hands them over. The tools are the real ones; the task behind them, and the time, are simulated.
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { chatAsync } from '../../dist/src/mcp/tools/chat-async.js'
import { taskStatus } from '../../dist/src/mcp/tools/task-status.js'
import { randomFrom } from '../harness/random.mjs'

const ANSWER_BYTES = 40_000
const SECONDS = 60
const SEED_POLL_MS = 500
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

/** What the agent prints: `at` in ms after the start. The same for both, and the same for the same number. */
function script(number, mostWords) {
  const random = randomFrom(number)
  const words = WORDS.split(' ')
  const prints = []
  for (let bytes = 0; bytes < ANSWER_BYTES; ) {
    const count = 1 + Math.floor(random() * mostWords)
    const said = Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ')
    const content = `${said}${random() < 0.1 ? '.\n' : random() < 0.1 ? ', ' : ' '}`
    prints.push(content)
    bytes += Buffer.byteLength(content)
  }
  const times = prints.map(() => random() * SECONDS * 1000).sort((a, b) => a - b)
  return prints.map((content, place) => ({ content, at: Math.round(times[place]) }))
}

const tokens = (text) => encode(text).length
const spent = () => ({ calls: 0, tokens: 0, read: 0 })
/** `tokens` is what stands in the conversation; `read` what the model reads in all its turns, each with all before it. */
function pay(bill, tool, args, answer) {
  bill.calls += 1
  bill.tokens += tokens(tool) + tokens(JSON.stringify(args)) + tokens(answer)
  bill.read += bill.tokens
}

/** How hosts hand an answer to a model: most of them one of its halves. */
const HANDS_OVER = {
  text: ({ text }) => text,
  structured: ({ structured }) => JSON.stringify(structured),
}

/**
 * By spoold's tools, as their descriptions teach. A model whose host shows it only structuredContent learns from the first answer
 * that its text is elsewhere, and reads it with detail "content".
 */
async function bySpoold(prints, host) {
  const { service, context } = simulated(prints)
  const bill = spent()
  const call = async (tool, args) => {
    const answer = await tool.call(service, args, context)
    pay(bill, tool.name, args, HANDS_OVER[host](answer))
    return answer.structured
  }
  const { task_id } = await call(chatAsync, { message: MESSAGE })
  const cursor = { from_chunk_index: 0 }
  for (let detail = 'text'; ; ) {
    const answer = await call(taskStatus, {
      ...{ task_id, ...cursor, wait_for: 'done', wait_ms: 50_000, detail },
    })
    if (host === 'structured' && detail === 'text') {
      detail = 'content'
      continue
    }
    if (answer.is_done) return bill
    cursor.from_chunk_index = answer.next_chunk_index
  }
}

function simulated(prints) {
  const chunks = [
    { kind: 'notice', content: 'Processing your request...\n', at: 0 },
    ...prints.map((print) => ({ kind: 'text', ...print })),
    { kind: 'notice', content: '', at: SECONDS * 1000, isFinal: true },
  ].map((chunk, index) => ({ index, isFinal: false, ...chunk, at: NOON + chunk.at }))
  const endAt = NOON + SECONDS * 1000
  let now = NOON

  function task() {
    const there = chunks.filter(({ at }) => at <= now)
    const bytes = (some) => some.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
    const isOver = now >= endAt
    return {
      id: TASK_ID,
      sessionId: SESSION_ID,
      ...(isOver
        ? { status: 'completed', endReason: 'exit', exitCode: 0, completedAt: endAt }
        : { status: 'streaming' }),
      startedAt: NOON,
      chunkCount: there.length,
      bytes: bytes(there),
      textBytes: bytes(there.filter(({ kind }) => kind === 'text')),
      lastOutputAt: there.at(-1)?.at ?? null,
    }
  }

  const service = {
    start: async () => ({ task: task(), created: true }),
    async status(_taskId, { from, waitMs, waitFor, maxBytes }) {
      const news = waitFor === 'done' ? endAt : (chunks[from]?.at ?? endAt)
      now = Math.max(now, Math.min(now + waitMs, news))
      const there = chunks.filter(({ at }) => at <= now)
      const given = []
      for (let bytes = 0, index = from; index < there.length; index += 1) {
        bytes += Buffer.byteLength(there[index].content)
        if (given.length > 0 && bytes > maxBytes) break
        given.push(there[index])
      }
      const nextChunkIndex = from + given.length
      return {
        task: task(),
        chunks: given,
        nextChunkIndex,
        hasMore: nextChunkIndex < there.length,
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
 * By the protocol of the seed: a dictionary of status each half second, with the new chunks, their joined content, and at the
 * end the whole result again; timestamps as Python prints them. Its answers have one form for every host.
 *
 * @param isCursorMoved whether from_chunk_index goes on with what was read (its usage example leaves it at 0)
 */
function bySeed(prints, isCursorMoved) {
  const bill = spent()
  const task_id = 'task-3f9c1a7be204'
  const start = {
    task_id,
    session_id: 'session-123',
    status: 'pending',
    message: 'Task started. Poll kiro_task_status for updates.',
  }
  pay(bill, 'kiro_chat_async', { message: MESSAGE, session_id: 'session-123' }, JSON.stringify(start))
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
  for (let at = SEED_POLL_MS, from = 0; ; at += SEED_POLL_MS) {
    const there = all.filter((print) => print.at <= at).map(({ chunk }) => chunk)
    const new_chunks = there.slice(from)
    const is_done = at >= SECONDS * 1000
    const answer = {
      task_id,
      status: is_done ? 'completed' : 'streaming',
      is_done,
      total_bytes_received: there.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0),
      last_chunk_index: Math.max(0, there.length - 1),
      new_chunks,
      new_content: new_chunks.map(({ content }) => content).join(''),
      ...(is_done ? { result: text } : {}),
    }
    const args = isCursorMoved ? { task_id, from_chunk_index: from } : { task_id }
    pay(bill, 'kiro_task_status', args, JSON.stringify(answer))
    if (is_done) return bill
    if (isCursorMoved) from = there.length
  }
}

/**
 * Bills of one simulated task.
 *
 * @param number seeds what the agent prints
 * @param mostWords how many words it prints at once, at most; each print is a chunk, for both
 */
export async function measureTokens(number, mostWords) {
  const prints = script(number, mostWords)
  return {
    answer: tokens(prints.map(({ content }) => content).join('')),
    chunks: prints.length,
    text: await bySpoold(prints, 'text'),
    structured: await bySpoold(prints, 'structured'),
    seed: bySeed(prints, true),
    seedFromZero: bySeed(prints, false),
  }
}
