import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createAgentRegistry } from '../../src/agents/registry.js'
import type { AgentSettings } from '../../src/domain/adapter.js'
import type { StatusQuery } from '../../src/domain/service.js'
import { isEnded, type Task } from '../../src/domain/task.js'
import { createProcesses } from '../../src/processes/processes.js'
import { openStore } from '../../src/store/store.js'
import type { RequestRules } from '../../src/tasks/requests.js'
import { createTaskService, type ServiceOptions } from '../../src/tasks/service.js'
import { shellSettings } from '../helpers/shell-settings.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

export const EVERYTHING: StatusQuery = { from: 0, waitMs: 0, waitFor: 'output', maxBytes: 1e9 }

export interface SceneOptions {
  agents?: Record<string, AgentSettings>
  over?: Partial<ServiceOptions>
}

/** An agent that runs a POSIX shell script; the message is its $1. */
export function shellAgent(script: string, over: Partial<AgentSettings> = {}): AgentSettings {
  return { ...shellSettings(script), ...over }
}

/**
 * The task service with a real store, real processes and real agents, in their own directory. `restart` does what a
 * restart of the daemon does: the first service releases its tasks, and another one over the same state adopts them.
 */
export function openScene({ agents = {}, over = {} }: SceneOptions = {}) {
  const directory = tempDirectory('tasks')
  const rules: RequestRules = {
    defaultAgent: 'echo',
    allowedRoots: [],
    maxMessageBytes: 4 * 1024 * 1024,
    taskTtlMs: 60_000,
    taskTimeoutMs: null,
    stallTimeoutMs: null,
  }
  const registry = (more: Record<string, AgentSettings>) =>
    createAgentRegistry({ echo: shellAgent('printf %s "$1"'), ...more })
  const open = (more: Partial<ServiceOptions> = {}) => {
    const store = openStore({ file: join(directory, 'spoold.db'), durability: 'full' })
    const processes = createProcesses({ spoolRoot: join(directory, 'spool') })
    const errors: unknown[] = []
    const warnings: string[] = []
    const running = createTaskService({
      store,
      processes,
      agents: registry(agents),
      rules,
      limits: { outputLimitBytes: 64 * 1024 * 1024, killGraceMs: 300 },
      maxTasks: 100,
      concurrency: 8,
      log: {
        info: () => {},
        warn: (_facts, sentence) => warnings.push(sentence),
        error: (facts) => errors.push(facts),
      },
      ...over,
      ...more,
    })
    return { ...running, store, processes, errors, warnings }
  }
  let current = open()

  const scene = {
    directory,
    rules,
    registry,
    get service() {
      return current.service
    },
    get store() {
      return current.store
    },
    get processes() {
      return current.processes
    },
    get running() {
      return current
    },
    /** Logged errors; all are unexpected. */
    get errors() {
      return current.errors
    },
    async stopDaemon() {
      await current.close()
      current.store.close()
    },
    async startDaemon(more: Partial<ServiceOptions> = {}) {
      current = open(more)
      await current.recover()
    },
    async restart() {
      await scene.stopDaemon()
      await scene.startDaemon()
    },
    async start(message: string, agent: string | undefined = 'echo', more: object = {}): Promise<Task> {
      return (await current.service.start({ message, agent, ...more })).task
    },
    progress: (taskId: string) => current.service.status(taskId, EVERYTHING),
    async text(taskId: string): Promise<string> {
      return current.store.readText(taskId, 1e9)
    },
    async untilText(taskId: string, part: string): Promise<void> {
      await waitFor(`"${part}"`, async () => (await scene.text(taskId)).includes(part))
    },
    async untilEnd(taskId: string) {
      return waitFor(`the end of ${taskId}`, async () => {
        const { task } = await scene.progress(taskId)
        return isEnded(task) && task
      })
    },
  }
  onTestFinished(async () => {
    const { tasks } = await current.service.list({ includeDone: false, limit: 100 })
    await Promise.all(tasks.map((task) => current.service.cancel(task.id)))
    await scene.stopDaemon()
  })
  return scene
}

export type Scene = ReturnType<typeof openScene>
