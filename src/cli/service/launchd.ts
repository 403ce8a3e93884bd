import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../../domain/errors.js'
import { LAUNCHD_LABEL, launchdPlist, PLIST_MARK, plistCommand } from './launchd-plist.js'
import type { ServiceManager } from './manager.js'
import { runSystemProgram } from './run-program.js'

/** How long launchd may take to unload a service. */
const UNLOAD_LIMIT_MS = 40_000

/** launchd for the user with a graphical session. */
export function launchd(env: NodeJS.ProcessEnv): ServiceManager {
  const domain = `gui/${userInfo().uid}`
  const service = `${domain}/${LAUNCHD_LABEL}`
  const file = join(env.HOME || homedir(), 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`)
  const launchctl = (...args: string[]) => runSystemProgram('launchctl', args, env)
  const isLoaded = async () => (await launchctl('print', service)).code === 0

  /** Sends SIGTERM to the daemon only; see AbandonProcessGroup. */
  async function unload(): Promise<void> {
    const { reason } = await launchctl('bootout', service)
    for (const until = Date.now() + UNLOAD_LIMIT_MS; await isLoaded(); await sleep(100)) {
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
      const sentence = `launchd did not start ${LAUNCHD_LABEL} (${reason}): see spoold service logs.`
      throw new SpoolError('daemon_start_failed', sentence)
    },

    async disable() {
      if (await isLoaded()) await unload()
    },

    afterRemoval: async () => {},
    hint: async () => null,
  }
}
