import { createAgentRegistry } from '../agents/registry.js'
import type { Settings } from '../config/settings.js'
import { VERSION } from '../config/version.js'
import type { OperatorService } from '../domain/service.js'
import { openHttpListener } from '../http/listener.js'
import { createProcesses } from '../processes/processes.js'
import { removeDaemonFile, writeDaemonFile } from '../state/daemon-file.js'
import { acquireLock } from '../state/lock.js'
import { assertDatabaseNotMissing } from '../state/missing-database.js'
import { openStateDirectory } from '../state/state-directory.js'
import { newToken, readOrCreateToken } from '../state/token.js'
import { openStore } from '../store/store.js'
import { createTaskService } from '../tasks/service.js'
import { type CloseStack, closeStack } from './close-stack.js'
import { lazy } from './lazy.js'
import { openLog } from './log.js'
import { type PurgeSchedule, schedulePurge } from './purge-schedule.js'
import { limitsFrom, maxBodyBytes, rulesFrom } from './service-settings.js'

export interface DaemonOptions {
  stateDirectory: string
  settings: Settings
  /** Path of the log; null for standard error. */
  logFile: string | null
}

/** A running daemon in this process. */
export interface Daemon {
  /** URL of the MCP endpoint. */
  url: string
  version: string
  tokens: { client: string; operator: string }
  service: OperatorService
  /** Ends waits, closes everything and releases the lock. Running tasks continue. Closing twice is no error. */
  close(): Promise<void>
}

/**
 * Starts the daemon: state directory, lock, log, database (with migrations), recovery of the previous daemon's tasks,
 * listener, and daemon.json last, so that its readers can connect. If a step fails, everything opened before is closed.
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
      logger.info({ from_schema: schema, copy }, 'the database schema was upgraded'),
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

  // Loaded with the first request, because its packages are most of the code that the daemon loads.
  const endpoint = lazy(async () => {
    const { createMcpEndpoint } = await import('./mcp.js')
    return createMcpEndpoint(running.service, settings.toolPrefix, logFailure)
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
  opened.add(() => logger.info('closing; running tasks continue'))
  return {
    url: listener.url,
    version: VERSION,
    tokens,
    service: running.service,
    close: () => opened.closeAll(),
  }
}
