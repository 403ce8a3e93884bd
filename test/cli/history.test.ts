import { describe, expect, it } from 'vitest'
import { matchCards } from '../../src/cli/search/matches.js'
import { bar, statsTables } from '../../src/cli/stats/tables.js'

const paint = (_style: unknown, text: string) => text
const NOON = Date.parse('2026-01-02T12:00:00Z')

describe('the list of matches', () => {
  const match = {
    task_id: 'task-1',
    session_id: 'session-1',
    agent: 'kiro',
    status: 'completed' as const,
    created_at: '2026-01-02T09:00:00.000Z',
    completed_at: null,
    message: 'Why?',
    snippet: `…one\n«two»\t${'three '.repeat(100)}…`,
    chunk_index: 7,
    passages_count: 1,
  }

  it('shows each task, a snippet of at most three lines, and how to read on', () => {
    const lines = matchCards([match], { now: NOON, columns: 60, paint }).trimEnd().split('\n')
    expect(lines[0]).toBe('task-1  3h ago  kiro  completed')
    expect(lines[1]).toBe('  > Why?')
    expect(lines[2]).toMatch(/^ {4}…one «two» three three/)
    expect(lines).toHaveLength(6)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    expect(lines.at(-1)).toBe('  spoold tail task-1 --from 7')
  })

  it('shows hits in bold and cleans all text', () => {
    const style = (name: unknown, text: string) => `<${name}>${text}</>`
    const hostile = { ...match, agent: '\u001b[2Jkiro', snippet: 'a \u001b[31m«two words» \u202eb' }
    const view = matchCards([hostile], { now: NOON, columns: 60, paint: style })
    expect(view).toContain('  kiro  <green>completed</>')
    expect(view).toContain('    a <bold>«two words»</> b\n')
  })

  it('shows the message once if the hit is in it', () => {
    const view = matchCards([{ ...match, chunk_index: null, snippet: '«Why»?' }], {
      now: NOON,
      columns: 60,
      paint,
    })
    expect(view).toBe('task-1  3h ago  kiro  completed\n    «Why»?\n  in the message\n')
  })
})

describe('the tables of spoold stats', () => {
  const tally = {
    tasks: 12_345,
    completed: 10,
    failed: 1_234,
    cancelled: 1,
    active: 0,
    success_share: 0.999,
    p50_seconds: 3_599,
    p95_seconds: 359_999,
    bytes: 123_456_789,
  }

  it.each([60, 80, 120, 300])('fit a terminal of %i columns', (columns) => {
    const days = [
      { ...tally, day: '2026-01-01' },
      { ...tally, day: '2026-01-02', tasks: 1 },
    ]
    const tables = statsTables(tally, { agents: [{ ...tally, agent: 'a'.repeat(50) }], days }, columns)
    const rows = tables.split('\n').slice(1)
    for (const row of rows) expect(row.length, row).toBeLessThanOrEqual(columns)
    // Nearly all is not all.
    expect(tables).toContain('99 % of the ended tasks completed')
    expect(tables).toContain('█')
  })

  it('have bars in proportion, in which little still shows', () => {
    expect([bar(10, 10, 4), bar(5, 10, 4), bar(1, 10_000, 4), bar(0, 10, 4), bar(3, 10, 0)]).toEqual([
      '████',
      '██',
      '▏',
      '',
      '',
    ])
  })
})
