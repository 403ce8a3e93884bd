import { appendFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture/fixture.js'
import { type Check, runScenarios, scenariosOf } from './official-runner.js'
import { addCounts, judge, KNOWN_FAILURES } from './verdict.js'

interface Group {
  title: string
  scenarios: string[]
  /** Arguments of one run each. */
  selections: string[][]
}

function revision(name: string): Group {
  return {
    title: name,
    scenarios: scenariosOf(name),
    selections: [['--suite', 'all', '--spec-version', name]],
  }
}

/** The extension io.modelcontextprotocol/tasks of 2026-07-28; extensions that spoold does not support are omitted. */
function tasksExtension(): Group {
  const scenarios = scenariosOf().filter((name) => name.startsWith('tasks-'))
  return { title: 'tasks', scenarios, selections: scenarios.map((name) => ['--scenario', name]) }
}

const GROUPS = [revision('2025-11-25'), revision('2026-07-28'), tasksExtension()]

test('every group has scenarios', () => {
  for (const { title, scenarios } of GROUPS) expect(scenarios.length, title).toBeGreaterThan(0)
})

test('every known failure is listed once and names an existing scenario', () => {
  const known = KNOWN_FAILURES.map(({ group, scenario, check }) => `${group} ${scenario} ${check}`)
  expect(new Set(known).size).toBe(known.length)
  for (const { group, scenario } of KNOWN_FAILURES) {
    expect(GROUPS.find(({ title }) => title === group)?.scenarios).toContain(scenario)
  }
})

describe.each(GROUPS)('$title', ({ title, scenarios, selections }) => {
  let fixture: Fixture | undefined
  let checks = new Map<string, Check[]>()
  let printed = ''

  function verdict(scenario: string) {
    const known = KNOWN_FAILURES.filter((entry) => entry.group === title && entry.scenario === scenario)
    return judge(checks.get(scenario), known)
  }

  beforeAll(async () => {
    fixture = await openFixture()
    ;({ checks, printed } = await runScenarios(fixture.url, selections))
  })
  afterAll(async () => {
    await fixture?.close()
    const file = process.env.CONFORMANCE_COUNTS
    if (file === undefined) return
    const counts = addCounts(scenarios.map((scenario) => verdict(scenario).counts))
    appendFileSync(file, `${JSON.stringify({ title, ...counts })}\n`)
  })

  test.each(scenarios)('%s', (scenario) => {
    expect(verdict(scenario).problems, checks.has(scenario) ? '' : printed.slice(-4_000)).toEqual([])
  })

  test('spoold logged no failures', () => {
    expect(fixture?.failures).toEqual([])
  })
})
