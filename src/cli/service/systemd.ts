import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import type { ServiceManager, ServiceState } from './manager.js'
import { type ProgramResult, runProgram } from './run-program.js'
import { systemdUnit, UNIT_MARK, unitCommand } from './systemd-unit.js'

const UNIT = 'spoold.service'

/** systemd's manager of this user. */
export function systemd(env: NodeJS.ProcessEnv): ServiceManager {
  const { uid, username, homedir } = userInfo()
  const runtime = `/run/user/${uid}`
  // Where there is none, as in a cron job, the manager can be reached all the same.
  const own = env.XDG_RUNTIME_DIR || !existsSync(runtime) ? env : { ...env, XDG_RUNTIME_DIR: runtime }
  const systemctl = (...args: string[]) => runProgram('systemctl', ['--user', ...args], own)
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
      return code === 0 ? readState(stdout) : NONE
    },

    async enable() {
      done(await systemctl('daemon-reload'), 'systemctl --user daemon-reload')
      done(await systemctl('enable', UNIT), `systemctl --user enable ${UNIT}`)
    },

    async restart() {
      // A start limit that was reached before counts for what was tried then.
      await systemctl('reset-failed', UNIT)
      const { code, reason } = await systemctl('restart', UNIT)
      if (code === 0) return
      const sentence = `systemd did not start ${UNIT} (${reason}): look into spoold service logs, and journalctl --user -u ${UNIT}.`
      throw new SpoolError('daemon_start_failed', sentence)
    },

    async disable() {
      done(await systemctl('disable', '--now', UNIT), `systemctl --user disable --now ${UNIT}`)
    },

    async forget() {
      await systemctl('daemon-reload')
      await systemctl('reset-failed', UNIT)
    },

    async hint() {
      const { code, stdout } = await runProgram('loginctl', ['show-user', username, '-p', 'Linger'], own)
      if (code !== 0 || stdout.trim() !== 'Linger=no') return null
      return (
        'The service runs while you are logged in: at your last logout systemd ends it, and all tasks with it. ' +
        'To have it run from the start of the machine on: loginctl enable-linger'
      )
    },
  }
}

const PROPERTIES = ['ActiveState', 'SubState', 'MainPID', 'UnitFileState', 'Result']
const NONE: ServiceState = { isEnabled: false, isActive: false, pid: null, failure: null }

/** `Name=value`, one a line, as systemctl show prints it. */
function readState(shown: string): ServiceState {
  const values = new Map(
    shown.split('\n').map((line): [string, string] => {
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

function done({ code, reason }: ProgramResult, command: string): void {
  if (code === 0) return
  throw new SpoolError('internal', `${command} failed (${reason}): run it by hand, and look at what it says.`)
}
