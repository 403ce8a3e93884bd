import { describe, expect, test } from 'vitest'
import { outputLines } from '../../../src/cli/completion/candidate.js'
import { candidatesFor, type DaemonWords } from '../../../src/cli/completion/candidates.js'
import { buildProgram } from '../../../src/cli/program.js'
import { TASK_STATUSES } from '../../../src/domain/task.js'

const KNOWN: DaemonWords = {
  tasks: async () => [{ word: '@last' }, { word: 'task-2', does: 'running: two' }, { word: 'task-1' }],
  sessions: async () => [{ word: 'session-1' }],
  agents: async () => [{ word: 'kiro' }, { word: 'my agent' }],
}

async function after(...words: string[]): Promise<string | string[]> {
  const found = await candidatesFor(await buildProgram('1.0.0'), words, () => KNOWN)
  return typeof found === 'string' ? found : found.map(({ word }) => word)
}

describe('the candidates at the cursor', () => {
  test.each<[string[], string | string[]]>([
    [['sta'], ['stats', 'start', 'status']],
    [['__'], []],
    [['help', 'ta'], ['tail']],
    [['help', 'tail', ''], []],
    [
      ['ls', '--st'],
      ['--status', '--state-dir'],
    ],
    [['ls', '--status', ''], [...TASK_STATUSES]],
    [
      ['ls', '--status', 'c'],
      ['completed', 'cancelled'],
    ],
    [
      ['ls', '--status=c'],
      ['--status=completed', '--status=cancelled'],
    ],
    [['ls', '-s', ''], ['session-1']],
    [
      ['export', '-f', ''],
      ['md', 'json', 'txt'],
    ],
    [
      ['run', '-a', ''],
      ['kiro', 'my agent'],
    ],
    [['run', '--agent=k'], ['--agent=kiro']],
    [['run', '--cwd', ''], 'directories'],
    [['run', 'tell', ''], []],
    [['--config', ''], 'files'],
    [['--config', 'x', 'ta'], ['tail']],
    [
      ['tail', ''],
      ['@last', 'task-2', 'task-1'],
    ],
    [['tail', '@'], ['@last']],
    [['tail', 'task-1', 'task'], ['task-2']],
    [['show', 'task-1', ''], []],
    [
      ['tail', '--from', '3', 'task'],
      ['task-2', 'task-1'],
    ],
    [['tail', '--kind', 'st'], ['stderr']],
    [['respond', 'task-1', 'y'], ['yes']],
    [['exec', '--', ''], 'commands'],
    [['exec', '--', 'ls', '--st'], 'files'],
    [['explain', 'port'], ['port_in_use']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['client', ''],
      ['install', 'uninstall', 'list'],
    ],
    [['client', 'install', 'co'], ['codex']],
    [['client', 'install', '--project='], 'directories'],
    [['help', 'client', 'un'], ['uninstall']],
    [['nothing', ''], []],
  ])('%j', async (words, expected) => {
    expect(await after(...words)).toEqual(expected)
  })

  test('the state directory of the line counts', async () => {
    const asked: (string | undefined)[] = []
    await candidatesFor(await buildProgram('1.0.0'), ['--state-dir', '/x', 'tail', ''], (values) => {
      asked.push(values.get('--state-dir'))
      return KNOWN
    })
    expect(asked).toEqual(['/x'])
  })
})

test('the output has one clean line per word, whatever the messages of tasks contain', () => {
  const hostile = 'a\tb\nwords\r\u001b[31m\u202e$(touch x) `y` "z"'
  const lines = outputLines(
    [
      { word: 'task-1', does: hostile },
      { word: 'a\nb', does: 'left out' },
    ],
    'fish',
  )
  expect(lines).toBe('words\ntask-1\ta b words $(touch x) `y` "z"\n')
  expect(outputLines([{ word: 'task-1', does: hostile }], 'bash')).toBe('words\ntask-1\n')
})
