import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { followLog, lastLogLines } from '../../../src/cli/service/log-lines.js'
import { formatLogLine } from '../../../src/cli/service/log-text.js'
import { openLogFile } from '../../../src/daemon/log-file.js'
import { statePaths } from '../../../src/state/paths.js'
import { openStateDirectory } from '../../../src/state/state-directory.js'
import { runCli, startCli } from '../../helpers/run-cli.js'
import { tempDirectory, tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'

const line = (fields: object) =>
  JSON.stringify({ level: 30, time: '2026-11-24T10:15:30.123Z', pid: 1, ...fields })

describe('a line for people', () => {
  test('has time, level, message and the other fields', () => {
    const shown = formatLogLine(
      line({ url: 'http://127.0.0.1:1/mcp', tasks: 2, a: 'b c', list: [1], msg: 'listening' }),
    )
    expect(shown).toMatch(
      /^2026-11-2\d \d\d:\d\d:30 {2}info {3}listening {2}url=http:\/\/127\.0\.0\.1:1\/mcp tasks=2 a="b c" list=\[1\]$/,
    )
  })

  test('has of an error its sentence', () => {
    const err = { type: 'Error', message: 'it broke', stack: 'Error: it broke\n    at x', code: 'E' }
    expect(formatLogLine(line({ level: 50, err, msg: 'a launch failed' }))).toMatch(
      /error {2}a launch failed {2}err="it broke"$/,
    )
  })

  test.each(['a trace', '{"level":', '{"level":"x","time":1}', 'null', '[]', '{}'])(
    'is %j as it is',
    (text) => {
      expect(formatLogLine(text)).toBe(text)
    },
  )

  test('drives no terminal', () => {
    const evil = '\u001b]0;pwn\u0007\u202e\u009b31m'
    for (const text of [evil, line({ msg: evil, [evil]: evil })]) {
      expect(formatLogLine(text)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
    }
  })
})

test('the last lines continue in rotated logs', () => {
  const log = join(tempDirectory(), 'daemon.log')
  writeFileSync(`${log}.2`, '1\n2\n')
  writeFileSync(`${log}.1`, '3\n4\n')
  writeFileSync(log, '5\n6\n')
  expect(lastLogLines(log, 1)).toEqual(['6'])
  expect(lastLogLines(log, 3)).toEqual(['4', '5', '6'])
  expect(lastLogLines(log, 100)).toEqual(['1', '2', '3', '4', '5', '6'])
  expect(lastLogLines(log, 0)).toEqual([])
  expect(lastLogLines(join(log, '..', 'none'), 5)).toEqual([])
})

describe('following', () => {
  /** A log that is put aside after every few lines. */
  function scene() {
    const log = join(tempDirectory(), 'daemon.log')
    const file = openLogFile(log, 50)
    onTestFinished(() => file.close())
    let count = 0
    return {
      log,
      write(lines: number) {
        for (let n = 0; n < lines; n += 1) file.write(`${String(count++).padStart(19, '0')}\n`)
      },
    }
  }

  test.each([1, 2, 3, 5, 6])('goes on through logs that are put aside, %d lines at a time', (lines) => {
    const { log, write } = scene()
    write(3)
    const follower = followLog(log)
    onTestFinished(() => follower.close())
    const seen: number[] = []
    for (let round = 0; round < 20; round += 1) {
      write(lines)
      seen.push(...follower.read().map(Number))
    }
    expect(seen).toEqual(Array.from({ length: 20 * lines }, (_, place) => 3 + place))
  })

  test('an incomplete line is held back, also within a character', () => {
    const log = join(tempDirectory(), 'daemon.log')
    writeFileSync(log, '')
    const follower = followLog(log)
    onTestFinished(() => follower.close())
    const bytes = Buffer.from('ab日\n')
    writeFileSync(log, bytes.subarray(0, 3), { flag: 'a' })
    expect(follower.read()).toEqual([])
    writeFileSync(log, bytes.subarray(3), { flag: 'a' })
    expect(follower.read()).toEqual(['ab日'])
  })

  test('follows a log that does not exist yet, and one that was truncated', () => {
    const log = join(tempDirectory(), 'daemon.log')
    const follower = followLog(log)
    onTestFinished(() => follower.close())
    expect(follower.read()).toEqual([])
    writeFileSync(log, 'a long line\n')
    expect(follower.read()).toEqual(['a long line'])
    writeFileSync(log, 'short\n')
    expect(follower.read()).toEqual(['short'])
    renameSync(log, `${log}.gone`)
    expect(follower.read()).toEqual([])
  })
})

describe('spoold service logs', () => {
  test('prints the end, as text or as it was written', async () => {
    const stateDirectory = tempState()
    const { log } = openStateDirectory(stateDirectory)
    const lines = [line({ msg: 'one' }), line({ msg: 'two \u009b31m' }), 'a trace \u001b[2J']
    writeFileSync(log, `${lines.join('\n')}\n`, { mode: 0o600 })
    const text = await runCli(['service', 'logs', '-n', '2'], { stateDirectory })
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toMatch(/^\S+ \S+ {2}info {3}two\na trace\n$/)
    const json = await runCli(['service', 'logs', '--json', '--lines', '3'], { stateDirectory })
    expect(json.stdout).not.toMatch(/[^\P{Cc}\n]/u)
    const messages = json.stdout
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one).msg)
    expect(messages).toEqual(['one', 'two \u009b31m', 'a trace \u001b[2J'])
  })

  test('of a directory without a log', async () => {
    const { code, stderr } = await runCli(['service', 'logs'], { stateDirectory: tempState() })
    expect(stderr).toMatch(/^spoold: There is no log [^\n]*daemon\.log[^\n]*\n$/)
    expect(code).toBe(1)
  })

  test('-f follows until Ctrl-C', async () => {
    const stateDirectory = tempState()
    openStateDirectory(stateDirectory)
    const file = openLogFile(statePaths(stateDirectory).log, 200)
    onTestFinished(() => file.close())
    const log = (count: number) => file.write(`${line({ msg: `line ${count}.` })}\n`)
    log(0)
    const following = startCli(['service', 'logs', '-f'], { stateDirectory })
    await waitFor('the first line', () => following.stdout().includes('line 0.'))
    for (let count = 1; count < 8; count += 1) {
      log(count)
      await waitFor(`line ${count}`, () => following.stdout().includes(`line ${count}.`))
    }
    following.child.kill('SIGINT')
    const { code, stdout, stderr } = await following.result
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(8)
  })
})
