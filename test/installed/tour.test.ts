import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { fakePrograms } from '../helpers/fake-programs.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'
import { downgrade } from '../torture/migrations/downgrade.js'
import { olderSchemas } from '../torture/migrations/released-schemas.js'
import { freshEnvironment, PACKAGE } from './installed.js'
import { patternOf, runStep, stepsOf } from './transcript.js'

/** The home directory of a user with Claude Code, systemd and the installed package. */
function newUser() {
  const home = tempDirectory('home')
  const programs = fakePrograms({
    systemctl: `NODE=${process.execPath} exec ${join(PROJECT, 'test', 'fixtures', 'systemctl')} "$@"`,
    loginctl: 'echo Linger=no',
  })
  copyFileSync(join(PROJECT, 'test', 'installed', 'claude.sh'), join(programs, 'claude'))
  const manager = join(home, 'manager')
  const env = freshEnvironment(home, { PATH: programs, MANAGER: manager, SPOOLD_PORT: '0' })
  const run = (command: string) => runStep({ command, prints: [] }, home, env)
  onTestFinished(async () => {
    run('spoold stop --cancel-tasks')
    await waitFor('the end of the service', () => !existsSync(join(manager, 'pid')))
  })
  return { home, env, run }
}

test('docs/tour.md: each command prints the output shown', () => {
  const { home, env } = newUser()
  const steps = stepsOf(join(PACKAGE, 'docs', 'tour.md'))
  expect(steps.length).toBeGreaterThan(15)
  for (const step of steps) expect(runStep(step, home, env), step.command).toMatch(patternOf(step))
})

test('promise 4: docs/upgrades.md works from the first schema, while a task runs', () => {
  const { home, env, run } = newUser()
  const gate = join(home, 'gate')
  run('spoold exec -- echo of old')
  run(
    `spoold exec --detach -- sh -c 'echo before; while [ ! -e ${gate} ]; do sleep 0.1; done; echo after; exit 5'`,
  )
  run('spoold stop')
  downgrade(run('spoold db').trim(), olderSchemas().get(1) as number)
  const steps = stepsOf(join(PACKAGE, 'docs', 'upgrades.md'))
  expect(steps.length).toBeGreaterThan(1)
  for (const step of steps) expect(runStep(step, home, env), step.command).toMatch(patternOf(step))
  mkdirSync(gate)
  expect(run('spoold tail @last; echo "exit code $?"')).toMatch(/before\nafter\n[\s\S]*exit code 5\n$/)
  expect(run('spoold tail @-2')).toContain('of old\n')
})

test('docs/tour.md: spoold top shows running tasks, and q quits it', async () => {
  const { home, env, run } = newUser()
  const id = run('spoold exec --detach -- sh -c "echo the last line; sleep 600"').trim()
  const terminal = join(PROJECT, 'test', 'fixtures', 'pseudo-terminal.py')
  const top = spawn('python3', [terminal, '120', '20', 'spoold', 'top'], {
    cwd: home,
    env: { ...env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  top.stderr.resume()
  let drawn = ''
  top.stdout.setEncoding('utf8').on('data', (text: string) => {
    drawn += text
  })
  await waitFor('the last line of the task', () => drawn.includes('the last line'))
  expect(drawn).toContain('1 running, 0 waiting')
  expect(drawn).toContain(id)
  top.stdin.write('q')
  const [code] = await once(top, 'close')
  expect(code).toBe(0)
})

test("README.md: the commands of 'First use' print the output shown", () => {
  const { home, env } = newUser()
  const readme = join(PACKAGE, 'README.md')
  const steps = stepsOf(readme)
  expect(steps.length).toBeGreaterThan(3)
  for (const step of steps) expect(runStep(step, home, env), step.command).toMatch(patternOf(step))
})
