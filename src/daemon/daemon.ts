import { createAgentRegistry } from '../agents/registry.js'
import type { Settings } from '../config/settings.js'
import { VERSION } from '../config/version.js'
import type { OperatorService } from '../domain/service.js'
import { openHttpListener } from '../http/listener.js'
import { loadedLate } from '../mcp/http/lazy.js'
import { createProcesses } from '../processes/processes.js'
import { removeDaemonFile, writeDaemonFile } from '../state/daemon-file.js'
import { acquireLock } from '../state/lock.js'
import { assertDatabaseNotMissing } from '../state/missing-database.js'
import { openStateDirectory } from '../state/state-directory.js'
import { newToken, readOrCreateToken } from '../state/token.js'
import { openStore } from '../store/store.js'
import { createTaskService } from '../tasks/service.js'
import { type CloseStack, closeStack } from './close-stack.js'
import { openLog } from './log.js'
import { type PurgeSchedule, schedulePurge } from './purge-schedule.js'
import { limitsFrom, maxBodyBytes, rulesFrom } from './service-settings.js'

export interface DaemonOptions {
  stateDirectory: string
  settings: Settings
  /** Where the log is appended; null for standard error. */
  logFile: string | null
}

/** A daemon at work in this process. */
export interface Daemon {
  /** Of the MCP endpoint. */
  url: string
  version: string
  tokens: { client: string; operator: string }
  service: OperatorService
  /** Ends waits, closes everything and gives the lock back. Running tasks go on. Closing twice is no error. */
  close(): Promise<void>
}

/**
 * Opens everything, in this order: state directory, lock, log, database (migrated), recovery of the tasks of the daemon
 * before, listener, and daemon.json last, so that whoever reads it can connect. Where a step fails, what was
 * opened before it is closed again.
 *
 * Throws SpoolError `state_directory_invalid`, `daemon_already_running`, `config_invalid`, `port_in_use` or one of
 * the storage errors.
 */
export async function openDaemon(options: DaemonOptions): Promise<Daemon> {
  const opened = closeStack()
  try {
    return await open(options, opened)
  } catch (error) {
    await opened.closeAll().catch(() => {})
    throw error
  }
}

async function open(
  { stateDirectory, settings, logFile }: DaemonOptions,
  opened: CloseStack,
): Promise<Daemon> {
  const paths = openStateDirectory(stateDirectory)
  const lock = acquireLock(paths)
  opened.add(() => lock.release())
  const log = openLog(logFile, settings.logLevel)
  opened.add(() => log.close())
  const { logger } = log
  const logFailure = (what: string, error: unknown) => logger.error({ err: error }, what)

  const { token, wasOpen } = readOrCreateToken(paths.token)
  if (wasOpen)
    logger.warn({ file: paths.token }, 'other users could read the token file; its mode is repaired')
  const tokens = { client: token, operator: newToken() }

  assertDatabaseNotMissing(paths)
  const store = openStore({
    file: paths.database,
    durability: settings.durability,
    onUpgrade: (schema, copy) =>
      logger.info({ from_schema: schema, copy }, 'the database was brought to a new schema'),
  })
  opened.add(() => store.close())
  const running = createTaskService({
    store,
    processes: createProcesses({ spoolRoot: paths.spool, log: logger }),
    agents: createAgentRegistry(settings.agents),
    rules: rulesFrom(settings),
    limits: limitsFrom(settings),
    maxTasks: settings.maxTasks,
    concurrency: settings.concurrency,
    log: logger,
  })
  let purge: PurgeSchedule | undefined
  opened.add(() => purge?.settled())
  opened.add(() => running.close())
  await running.recover()

  // Its packages are most of what the daemon would load at its start, and one that only adopts what ran needs none of them.
  const endpoint = loadedLate(async () => {
    const { serveMcp } = await import('./serve-mcp.js')
    return serveMcp(running.service, settings.toolPrefix, logFailure)
  })
  const listener = await openHttpListener({
    host: settings.host,
    port: settings.port,
    tokens,
    handleMcp: async (exchange) => (await endpoint.get()).handle(exchange),
    health: () => ({ status: 'ok', version: VERSION, pid: process.pid }),
    maxBodyBytes: maxBodyBytes(settings),
    log: logFailure,
  })
  opened.add(() => endpoint.close())
  opened.add(() => listener.close())
  opened.add(() => endpoint.finish())
  opened.add(() => running.endWaits())

  const schedule = schedulePurge(settings.cleanupCron, () => running.purgeExpired(), logger)
  purge = schedule
  opened.add(() => schedule.stop())
  writeDaemonFile(paths.daemon, {
    pid: process.pid,
    url: listener.url,
    version: VERSION,
    started_at: new Date().toISOString(),
    operator_token: tokens.operator,
  })
  opened.add(() => removeDaemonFile(paths.daemon, tokens.operator))
  logger.info({ url: listener.url, version: VERSION, state: paths.root }, 'listening')
  opened.add(() => logger.info('closing; running tasks go on'))
  return {
    url: listener.url,
    version: VERSION,
    tokens,
    service: running.service,
    close: () => opened.closeAll(),
  }
}
