import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

test('promise 3: the demo kills the daemon and loses nothing', async () => {
  const started = Date.now()
  const { code, stdout, stderr } = await runCli(['demo'], { stateDirectory: tempState() })
  const directory = /rm -r (\S+)/.exec(stdout)?.[1]
  onTestFinished(() => {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  })
  expect(stderr).toBe('')
  expect(stdout).toMatch(
    /chunk +1 [\s\S]*daemon killed \(SIGKILL\)[\s\S]*continues from chunk (\d+)\n +chunk +\1 /,
  )
  expect(stdout).toMatch(/lost 0, repeated 0/)
  expect(code).toBe(0)
  expect(Date.now() - started).toBeLessThan(30_000)

  const [, database, query] = /sqlite3 (\S+) "([^"]+)"/.exec(stdout) ?? []
  const history = execFileSync('sqlite3', [String(database), String(query)], { encoding: 'utf8' })
  expect(history).toContain('line 060')
})
