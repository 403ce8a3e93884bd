import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SearchMatch } from '../../src/domain/search.js'
import type { NamedAgentReport, OperatorService } from '../../src/domain/service.js'
import type { Exchange, Session } from '../../src/domain/session.js'
import { resultBytes } from '../../src/mcp/budget.js'
import { isInputRequired } from '../../src/mcp/call.js'
import { agentsList } from '../../src/mcp/tools/agents-list.js'
import { history } from '../../src/mcp/tools/history.js'
import { sessionList } from '../../src/mcp/tools/session-list.js'
import { taskList } from '../../src/mcp/tools/task-list.js'
import { taskSearch } from '../../src/mcp/tools/task-search.js'
import type { CallContext, Tool } from '../../src/mcp/tools/tool.js'
import { callContext } from '../helpers/call-context.js'
import { memoryService, NOON } from '../helpers/memory-service.js'
import { openScene } from '../tasks/scene.js'

const hardText = (max: number) =>
  fc.string({ unit: fc.constantFrom('"', '\\', '\u0001', 'é', '日', '👋🏽', 'a', '/'), maxLength: max })
const budgets = fc.constantFrom(1_000, 1_500, 10_000)

/** Calls a tool; its whole result must keep to the budget. */
async function fitting(
  tool: Tool,
  service: OperatorService,
  args: object,
  over: Partial<CallContext> & { maxBytes: number },
) {
  const answer = await tool.call(service, args, callContext(over))
  if (isInputRequired(answer)) throw new Error('asks')
  expect(resultBytes(answer)).toBeLessThanOrEqual(over.maxBytes)
  return answer
}

describe('kiro_task_list', () => {
  test.each([1_000, 10_000])('pages of %i bytes hold every task once, newest first', async (maxBytes) => {
    const scene = openScene({ over: { concurrency: 0 } })
    const ids: string[] = []
    for (let index = 0; index < 40; index += 1) {
      const message = `${index} ${'"\\日'.repeat(index * 20)}`
      ids.unshift((await scene.start(message)).id)
    }
    const seen: unknown[] = []
    for (let cursor: unknown = null; ; ) {
      const { structured, text } = await fitting(
        taskList,
        scene.service,
        { limit: 200, cursor },
        { maxBytes },
      )
      const tasks = structured.tasks as { task_id: string }[]
      seen.push(...tasks.map(({ task_id }) => task_id))
      expect(tasks.length).toBeGreaterThan(0)
      cursor = structured.next_cursor
      if (cursor === null) break
      expect(text).toContain(`More: cursor ${cursor}`)
    }
    expect(seen).toEqual(ids)
  })
})

describe('kiro_session_list', () => {
  const sessions = fc.array(
    hardText(300).map(
      (path): Session => ({
        id: 'session-01kazc7v6e3q9w8r7t6y5u4i3o',
        agent: 'kiro',
        workingDirectory: `/${path}`,
        agentSessionId: null,
        createdAt: NOON,
        lastUsedAt: NOON,
        endedAt: null,
        taskCount: 12,
      }),
    ),
    { maxLength: 200 },
  )

  test('returns the sessions that were used last, as many as fit, and says whether there are more', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, budgets, async (given, maxBytes) => {
        const service = { ...memoryService(), listSessions: async () => given }
        const { structured, text } = await fitting(sessionList, service, {}, { maxBytes })
        expect(structured.count).toBeGreaterThanOrEqual(Math.min(given.length, 1))
        expect('note' in structured).toBe(Number(structured.count) < given.length)
        expect(text.includes('left out')).toBe('note' in structured)
      }),
      { numRuns: 60 },
    )
  })

  test('returns whole paths if they fit', async () => {
    const service = memoryService()
    await service.createSession({ workingDirectory: `/${'x'.repeat(3_000)}` })
    const { structured } = await fitting(sessionList, service, {}, { maxBytes: 10_000 })
    expect(structured.sessions).toMatchObject([{ working_directory: `/${'x'.repeat(3_000)}` }])
  })
})

describe('kiro_agents_list', () => {
  const reports = fc.array(
    hardText(800).map(
      (text): NamedAgentReport => ({
        name: 'claude-of-the-team',
        kind: 'claude',
        isDefault: false,
        configured: true,
        available: false,
        version: text,
        binary: `/${text}`,
        signedIn: 'unknown',
        problem: text,
      }),
    ),
    { maxLength: 40 },
  )

  test('shortens the description of each agent before it leaves one out', async () => {
    await fc.assert(
      fc.asyncProperty(reports, budgets, async (given, maxBytes) => {
        const service = { ...memoryService(), agents: async () => given }
        const { structured } = await fitting(agentsList, service, {}, { maxBytes })
        if (given.length <= 12 && maxBytes === 10_000) expect(structured.count).toBe(given.length)
        expect('note' in structured).toBe(Number(structured.count) < given.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('kiro_history', () => {
  const exchanges = fc.array(
    fc.record({ message: hardText(300), answer: hardText(300), error: fc.option(hardText(300)) }).map(
      (spoken): Exchange => ({
        ...spoken,
        taskId: 'task-01kazc7v6e3q9w8r7t6y5u4i3o',
        status: 'completed',
        createdAt: NOON,
        completedAt: NOON,
        truncated: false,
      }),
    ),
    { maxLength: 100 },
  )

  test('returns the newest messages, as many as fit, oldest first', async () => {
    await fc.assert(
      fc.asyncProperty(exchanges, budgets, async (spoken, maxBytes) => {
        const given = spoken.map((exchange, index) => ({ ...exchange, taskId: `task-${index}` }))
        const service = { ...memoryService(), history: async () => given }
        const args = { session_id: 'session-1', limit: 100, max_bytes: maxBytes }
        const { structured } = await fitting(history, service, args, { maxBytes })
        const reported = structured.exchanges as { task_id: string }[]
        expect(reported.length).toBeGreaterThanOrEqual(Math.min(1, given.length))
        expect(reported.map(({ task_id }) => task_id)).toEqual(
          given.slice(given.length - reported.length).map(({ taskId }) => taskId),
        )
        expect('note' in structured).toBe(reported.length < given.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('kiro_task_search', () => {
  const matches = fc.array(
    fc.record({ message: hardText(300), snippet: hardText(900) }).map(
      (spoken): SearchMatch => ({
        ...spoken,
        taskId: 'task-01kazc7v6e3q9w8r7t6y5u4i3o',
        sessionId: 'session-01kazc7v6e3q9w8r7t6y5u4i3o',
        agent: 'kiro',
        status: 'completed',
        createdAt: NOON,
        completedAt: null,
        passages: 3,
        chunkIndex: 12,
      }),
    ),
    { maxLength: 100 },
  )

  test('returns the best matches, as many as fit, and says how many there are', async () => {
    await fc.assert(
      fc.asyncProperty(matches, budgets, async (found, maxBytes) => {
        const given = found.map((match, index) => ({ ...match, taskId: `task-${index}` }))
        const result = { matches: given, taskCount: given.length + 5, waitingCount: 2 }
        const service = { ...memoryService(), search: async () => result }
        const args = { query: 'x', limit: 100, max_bytes: maxBytes }
        const { structured, text } = await fitting(taskSearch, service, args, { maxBytes })
        const reported = structured.matches as { task_id: string }[]
        expect(reported.length).toBeGreaterThanOrEqual(Math.min(1, given.length))
        expect(reported.map(({ task_id }) => task_id)).toEqual(
          given.slice(0, reported.length).map(({ taskId }) => taskId),
        )
        expect(structured.found_count).toBe(given.length + 5)
        expect(text).toContain(`${given.length + 5} tasks in all`)
      }),
      { numRuns: 60 },
    )
  })
})
