import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { PROJECT } from './build.js'
import { stopDaemonAfterwards } from './daemon-process.js'
import { fakePrograms } from './fake-programs.js'
import { cleanEnvironment, runCli } from './run-cli.js'
import { tempState } from './temp-state.js'
import { waitFor } from './wait-for.js'

const FIXTURE = join(PROJECT, 'test', 'fixtures', 'systemctl')

/** A home directory with a fake systemd that really runs spoold's unit (test/fixtures/systemctl). */
export function serviceScene() {
  const stateDirectory = tempState()
  const home = dirname(stateDirectory)
  const manager = join(home, 'manager')
  const programs = fakePrograms({
    systemctl: `NODE=${process.execPath} exec ${FIXTURE} "$@"`,
    loginctl: 'echo Linger=no',
  })
  const env = { PATH: `${programs}:${process.env.PATH}`, MANAGER: manager }
  onTestFinished(async () => {
    await waitFor('the end of the service', () => !existsSync(join(manager, 'pid')))
  })
  stopDaemonAfterwards(stateDirectory)
  const cli = (args: string[], more: Record<string, string> = {}) =>
    runCli(args, { stateDirectory, env: { ...env, ...more } })
  return {
    cli,
    home,
    env,
    programs,
    paths: statePaths(stateDirectory),
    unit: join(home, '.config', 'systemd', 'user', 'spoold.service'),
    /** The calls of systemctl, without those that only ask for the status. */
    calls: () =>
      read(join(manager, 'calls'))
        .split('\n')
        .filter((line) => /^(?!show)./.test(line)),
    /** Pid of the daemon that the service runs. */
    pid: () => Number(read(join(manager, 'pid'))),
    environment: () => cleanEnvironment(stateDirectory, env),
  }
}

/** Empty if there is no such file; the fake systemd may remove it at any time. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
