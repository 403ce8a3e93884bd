import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../../domain/errors.js'
import { LAUNCHD_LABEL, launchdPlist, PLIST_MARK, plistCommand } from './launchd-plist.js'
import type { ServiceManager } from './manager.js'
import { runProgram } from './run-program.js'

/** A service that is ended may take so long to leave launchd, ms. */
const LEAVE_LIMIT = 40_000

/** launchd's manager of the user who is logged in at the screen. */
export function launchd(env: NodeJS.ProcessEnv): ServiceManager {
  const domain = `gui/${userInfo().uid}`
  const service = `${domain}/${LAUNCHD_LABEL}`
  const file = join(env.HOME || homedir(), 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`)
  const launchctl = (...args: string[]) => runProgram('launchctl', args, env)
  const isLoaded = async () => (await launchctl('print', service)).code === 0

  /** The daemon gets SIGTERM; what it left running is left alone, see AbandonProcessGroup. */
  async function unload(): Promise<void> {
    const { reason } = await launchctl('bootout', service)
    for (const until = Date.now() + LEAVE_LIMIT; await isLoaded(); await sleep(100)) {
      if (Date.now() > until) {
        throw new SpoolError('internal', `launchctl bootout ${service} failed (${reason}): run it by hand.`)
      }
    }
  }

  return {
    title: 'launchd agent',
    file,
    define: launchdPlist,
    isOurs: (plist) => plist.includes(PLIST_MARK),
    commandOf: plistCommand,
    journal: null,

    async missing() {
      const { code, reason } = await launchctl('print', domain)
      return code === 0 ? null : { exists: code !== null, reason }
    },

    async state() {
      const { code, stdout } = await launchctl('print', service)
      const pid = /^\s*pid = (\d+)$/m.exec(stdout)?.[1]
      const lastCode = /^\s*last exit code = ([1-9]\d*)/m.exec(stdout)?.[1]
      return {
        isEnabled: code === 0,
        isActive: pid !== undefined,
        pid: pid === undefined ? null : Number(pid),
        failure: pid === undefined && lastCode !== undefined ? `exit code ${lastCode}` : null,
      }
    },

    async enable() {
      await launchctl('enable', service)
    },

    async restart() {
      if (await isLoaded()) await unload()
      const { code, reason } = await launchctl('bootstrap', domain, file)
      if (code === 0) return
      const sentence = `launchd did not start ${LAUNCHD_LABEL} (${reason}): look into spoold service logs.`
      throw new SpoolError('daemon_start_failed', sentence)
    },

    async disable() {
      if (await isLoaded()) await unload()
    },

    forget: async () => {},
    hint: async () => null,
  }
}
