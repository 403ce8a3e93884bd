import { appendFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture/fixture.js'
import { type Check, runScenarios, scenariosOf } from './official-runner.js'
import { addCounts, type Counts, judge, KNOWN_FAILURES } from './verdict.js'

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

/** The extension io.modelcontextprotocol/tasks of 2026-07-28; extensions that spoold does not offer are left out. */
function tasksExtension(): Group {
  const scenarios = scenariosOf().filter((name) => name.startsWith('tasks-'))
  return { title: 'tasks', scenarios, selections: scenarios.map((name) => ['--scenario', name]) }
}

const GROUPS = [revision('2025-11-25'), revision('2026-07-28'), tasksExtension()]

test('every known failure names a scenario that is run, once', () => {
  const known = KNOWN_FAILURES.map(({ group, scenario, check }) => `${group} ${scenario} ${check}`)
  expect(new Set(known).size).toBe(known.length)
  for (const { group, scenario } of KNOWN_FAILURES) {
    expect(GROUPS.find(({ title }) => title === group)?.scenarios).toContain(scenario)
  }
})

describe.each(GROUPS)('$title', ({ title, scenarios, selections }) => {
  let fixture: Fixture
  let checks: Map<string, Check[]>
  let printed: string
  let sum: Counts = { passed: 0, failed: 0, baselined: 0, skipped: 0 }

  beforeAll(async () => {
    fixture = await openFixture()
    const run = await runScenarios(fixture.url, selections)
    checks = run.checks
    printed = run.printed
  })
  afterAll(async () => {
    await fixture.close()
    const file = process.env.CONFORMANCE_COUNTS
    if (file !== undefined) appendFileSync(file, `${JSON.stringify({ title, ...sum })}\n`)
  })

  test.each(scenarios)('%s', (scenario) => {
    const known = KNOWN_FAILURES.filter((entry) => entry.group === title && entry.scenario === scenario)
    const found = checks.get(scenario)
    const { counts, wrong } = judge(found, known)
    sum = addCounts(sum, counts)
    expect(wrong, found === undefined ? printed.slice(-4_000) : '').toEqual([])
  })

  test('spoold met no error of its own', () => {
    expect(fixture.failures).toEqual([])
  })
})
