import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import type { ServiceManager, ServiceState } from './manager.js'
import { type ProgramResult, runSystemProgram } from './run-program.js'
import { systemdUnit, UNIT_MARK, unitCommand } from './systemd-unit.js'

const UNIT = 'spoold.service'

/** The systemd user manager. */
export function systemd(env: NodeJS.ProcessEnv): ServiceManager {
  const { uid, username, homedir } = userInfo()
  const runtime = `/run/user/${uid}`
  // In a cron job the variable is missing, but the manager can still be reached.
  const environment = env.XDG_RUNTIME_DIR || !existsSync(runtime) ? env : { ...env, XDG_RUNTIME_DIR: runtime }
  const systemctl = (...args: string[]) => runSystemProgram('systemctl', ['--user', ...args], environment)
  const configuration = env.XDG_CONFIG_HOME || join(env.HOME || homedir, '.config')

  return {
    title: 'systemd user service',
    file: join(configuration, 'systemd', 'user', UNIT),
    define: systemdUnit,
    isOurs: (unit) => unit.startsWith(UNIT_MARK),
    commandOf: unitCommand,
    journal: `journalctl --user -u ${UNIT}`,

    async missing() {
      const { code, reason } = await systemctl('show-environment')
      if (code === 0) return null
      return { exists: code !== null, reason }
    },

    async state() {
      const { code, stdout } = await systemctl('show', UNIT, ...PROPERTIES.flatMap((name) => ['-p', name]))
      return code === 0 ? readState(stdout) : NOT_INSTALLED
    },

    async enable() {
      assertSuccess(await systemctl('daemon-reload'), 'systemctl --user daemon-reload')
      assertSuccess(await systemctl('enable', UNIT), `systemctl --user enable ${UNIT}`)
    },

    async restart() {
      // Clears a start limit that was reached earlier.
      await systemctl('reset-failed', UNIT)
      const { code, reason } = await systemctl('restart', UNIT)
      if (code === 0) return
      const sentence = `systemd did not start ${UNIT} (${reason}): see spoold service logs and journalctl --user -u ${UNIT}.`
      throw new SpoolError('daemon_start_failed', sentence)
    },

    async disable() {
      assertSuccess(await systemctl('disable', '--now', UNIT), `systemctl --user disable --now ${UNIT}`)
    },

    async afterRemoval() {
      await systemctl('daemon-reload')
      await systemctl('reset-failed', UNIT)
    },

    async hint() {
      const { code, stdout } = await runSystemProgram(
        'loginctl',
        ['show-user', username, '-p', 'Linger'],
        environment,
      )
      if (code !== 0 || stdout.trim() !== 'Linger=no') return null
      return (
        'The service runs while you are logged in; at your last logout systemd stops it and all tasks. ' +
        'To run it from boot, use loginctl enable-linger.'
      )
    },
  }
}

const PROPERTIES = ['ActiveState', 'SubState', 'MainPID', 'UnitFileState', 'Result']
const NOT_INSTALLED: ServiceState = { isEnabled: false, isActive: false, pid: null, failure: null }

/** Parses the `Name=value` lines of systemctl show. */
function readState(output: string): ServiceState {
  const values = new Map(
    output.split('\n').map((line): [string, string] => {
      const end = line.indexOf('=')
      return [line.slice(0, end), line.slice(end + 1)]
    }),
  )
  const [active, sub, result] = ['ActiveState', 'SubState', 'Result'].map((name) => values.get(name) ?? '')
  const pid = Number(values.get('MainPID'))
  const hasFailed = active === 'failed' || sub === 'auto-restart'
  return {
    isEnabled: values.get('UnitFileState')?.startsWith('enabled') === true,
    isActive: active === 'active',
    pid: pid > 0 ? pid : null,
    failure: hasFailed ? (result ?? '') : null,
  }
}

function assertSuccess({ code, reason }: ProgramResult, command: string): void {
  if (code === 0) return
  throw new SpoolError('internal', `${command} failed (${reason}): run it by hand to see why.`)
}
