import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorEntry } from '../../../src/cli/explain/entry.js'
import { EXPLANATIONS } from '../../../src/cli/explain/explanations.js'
import { errorsPage } from '../../../src/cli/explain/page.js'
import { formatError } from '../../../src/cli/explain/view.js'
import { allCommands, pathOf } from '../../../src/cli/help/find-command.js'
import { buildProgram } from '../../../src/cli/program.js'
import { COMMAND_LINE_WORDING } from '../../../src/cli/wording.js'
import { ERROR_CODES, ERRORS, SpoolError } from '../../../src/domain/errors.js'
import { toRpcError } from '../../../src/mcp/rpc-error.js'
import { PROJECT } from '../../helpers/build.js'
import { jsonLines, runCli } from '../../helpers/run-cli.js'
import { tempState } from '../../helpers/temp-state.js'

describe('docs/errors.md', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'errors.md'), 'utf8')

  test('agrees with the explanations (npm run pages updates it)', () => {
    expect(page).toBe(errorsPage())
  })

  test('has an anchor for each code of the closed list', () => {
    const anchors = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
    expect(anchors).toEqual([...ERROR_CODES])
  })

  test('names only existing commands', async () => {
    const known = new Set(allCommands(await buildProgram('1.0.0')).map(pathOf))
    const named = [...page.matchAll(/`spoold ([a-z]+)/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((name) => !known.has(String(name)))).toEqual([])
  })

  test('names only pages that there are', () => {
    for (const [name] of page.matchAll(/docs\/[a-z]+\.md/g)) {
      expect(readFileSync(join(PROJECT, name), 'utf8'), name).not.toBe('')
    }
  })
})

test('the numbers of JSON-RPC are those that MCP is answered with', () => {
  const place = { what: 'a test', wording: COMMAND_LINE_WORDING, log: () => {}, aborted: false }
  for (const code of ERROR_CODES) {
    if (ERRORS[code].rpcCode === null || ERRORS[code].httpStatus !== null) continue
    const { code: number } = toRpcError(new SpoolError(code, 'no'), place)
    expect(errorEntry(code).json_rpc_code, code).toBe(String(number))
  }
})

describe('spoold explain', () => {
  test('prints the meaning, causes and remedies of an error', async () => {
    const { stdout, code } = await runCli(['explain', 'storage_full'], { stateDirectory: tempState() })
    expect(stdout).toBe(formatError(errorEntry('storage_full')))
    expect(code).toBe(0)
    for (const each of ERROR_CODES) {
      const view = formatError(errorEntry(each))
      const { means, causes, remedies } = EXPLANATIONS[each]
      for (const line of [`${each}: ${means}`, ...causes, ...remedies]) expect(view).toContain(line)
      expect([causes.length, remedies.length], each).not.toContain(0)
    }
  })

  test('lists all, one a line, also for programs', async () => {
    const stateDirectory = tempState()
    const { stdout } = await runCli(['explain'], { stateDirectory })
    const [head, ...lines] = stdout.trimEnd().split('\n')
    expect(head).toMatch(/^CODE +MEANS$/)
    expect(lines.map((line) => line.split(' ')[0])).toEqual([...ERROR_CODES])
    const objects = jsonLines<{ code: string }>(
      (await runCli(['explain', '--json'], { stateDirectory })).stdout,
    )
    expect(objects.map(({ code }) => code)).toEqual([...ERROR_CODES])
    const one = await runCli(['explain', 'port_in_use', '--json'], { stateDirectory })
    expect(jsonLines(one.stdout)).toEqual([errorEntry('port_in_use')])
  })

  test('uses the exit code of a command', async () => {
    const { stderr, code } = await runCli(['ls', '--no-spawn'], { stateDirectory: tempState() })
    const [, reported = ''] = /[^.] \((\w+)\)\n$/.exec(stderr) ?? []
    expect(reported).toBe('daemon_unreachable')
    expect(code).toBe(errorEntry('daemon_unreachable').exit_code)
  })
})
