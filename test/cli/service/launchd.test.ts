import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchd } from '../../../src/cli/service/launchd.js'
import { fakePrograms } from '../../helpers/fake-programs.js'
import { tempDirectory } from '../../helpers/temp-state.js'

const uid = process.getuid?.() ?? 0

/** A launchctl that knows one service: whether it is loaded, in a file, and which calls there were, in another. */
function scene(print = 'state = running\n\tpid = 4711') {
  const home = tempDirectory('home')
  const launchctl = `
    echo "$*" >>"${home}/calls"
    case "$1" in
    bootstrap) : >"${home}/loaded" ;;
    bootout) [ -e "${home}/loaded" ] && rm "${home}/loaded" ;;
    print) [ "$2" = gui/${uid} ] || { [ -e "${home}/loaded" ] && printf '\\t${print}\\n'; } ;;
    esac`
  const manager = launchd({ HOME: home, PATH: `${fakePrograms({ launchctl })}:/usr/bin:/bin` })
  const calls = () =>
    readFileSync(join(home, 'calls'), 'utf8')
      .trim()
      .split('\n')
      .filter((call) => !call.startsWith('print'))
  return { home, manager, calls }
}

test('the agent is loaded for the graphical session, and unloaded before it is loaded again', async () => {
  const { home, manager, calls } = scene()
  expect(manager.file).toBe(join(home, 'Library', 'LaunchAgents', 'spoold.daemon.plist'))
  expect(await manager.missing()).toBeNull()
  expect(await manager.state()).toMatchObject({ isEnabled: false, isActive: false, pid: null })
  await manager.enable()
  await manager.restart()
  expect(await manager.state()).toEqual({ isEnabled: true, isActive: true, pid: 4711, failure: null })
  await manager.restart()
  await manager.disable()
  const service = `gui/${uid}/spoold.daemon`
  const load = `bootstrap gui/${uid} ${manager.file}`
  expect(calls()).toEqual([`enable ${service}`, load, `bootout ${service}`, load, `bootout ${service}`])
  expect(existsSync(join(home, 'loaded'))).toBe(false)
})

test('a failed one is reported', async () => {
  const { manager } = scene('state = not running\\n\\tlast exit code = 3')
  await manager.restart()
  expect(await manager.state()).toEqual({
    isEnabled: true,
    isActive: false,
    pid: null,
    failure: 'exit code 3',
  })
})

test('errors of launchd are reported', async () => {
  const launchctl = '[ "$1" = print ] && exit 113; echo "Bootstrap failed: 5: Input/output error" >&2; exit 5'
  const manager = launchd({ HOME: '/nonexistent', PATH: `${fakePrograms({ launchctl })}:/usr/bin:/bin` })
  expect(await manager.missing()).toMatchObject({ exists: true })
  await expect(manager.restart()).rejects.toMatchObject({
    code: 'daemon_start_failed',
    message: expect.stringContaining('Bootstrap failed: 5'),
  })
})

test('a system without launchctl has no such manager', async () => {
  const manager = launchd({ HOME: '/nonexistent', PATH: '/nonexistent' })
  expect(await manager.missing()).toEqual({ exists: false, reason: 'launchctl was not found' })
})
