import type { TaskService } from '../../domain/service.js'
import { quoteName } from '../../domain/text.js'
import type { ResourceContents } from '../call.js'
import type { ListedTemplate, ResourceProvider } from '../definition.js'
import { isTaskNotFound, taskExists } from '../protocol-tasks.js'
import { invalidParams, type RpcError } from '../rpc-error.js'
import { type Address, OUTPUT_TEMPLATE, parseAddress, TASK_TEMPLATE } from './addresses.js'
import { listResources } from './list.js'
import { readOutput } from './output.js'
import { readTask, readTasks } from './tasks.js'
import { throttle } from './throttle.js'

/** A watcher is called at most about this often, however much a task prints. */
const PAUSE_MS = 1_000
/** MCP's limit for one result. */
const MAX_COMPLETIONS = 100

const TEMPLATES: readonly ListedTemplate[] = [
  {
    uriTemplate: TASK_TEMPLATE,
    name: 'task',
    title: 'Status of a task',
    description: 'The state of the task with this task_id: status, times, sizes, what it waits for.',
    mimeType: 'application/json',
  },
  {
    uriTemplate: OUTPUT_TEMPLATE,
    name: 'output',
    title: 'Output of a task',
    description:
      "The text of the task's agent, and why it failed; from a chunk index on if `from` is given. " +
      'A long output comes in parts: each but the last names the URI of the next.',
    mimeType: 'text/plain',
  },
]

/** The tasks as resources: their list, and the status and the output of each. */
export function createResources(options: {
  service: TaskService
  /** ms since 1970. */
  now: () => number
  /** Bound for the contents of one result as they are sent, bytes. */
  maxBytes: number
}): ResourceProvider {
  const { service, now, maxBytes } = options

  function contentsOf(uri: string, address: Address): Promise<ResourceContents[]> {
    if (address.kind === 'tasks') return readTasks(service, now(), maxBytes)
    if (address.kind === 'task') return readTask(service, { ...address, uri }, now())
    return readOutput(service, { ...address, uri }, maxBytes)
  }

  return {
    templates: TEMPLATES,
    list: (cursor) => listResources(service, cursor),

    async read(uri) {
      const address = parseAddress(uri)
      if (address === undefined) return undefined
      try {
        return await contentsOf(uri, address)
      } catch (error) {
        if (isTaskNotFound(error)) return undefined
        throw error
      }
    },

    async complete(uriTemplate, variable, prefix) {
      const isKnown = TEMPLATES.some((template) => template.uriTemplate === uriTemplate)
      if (!isKnown) throw notFound(`There is no resource template ${quoteName(uriTemplate)}`)
      if (variable === 'id') return service.findIds(prefix, MAX_COMPLETIONS)
      if (variable === 'from' && uriTemplate === OUTPUT_TEMPLATE) return []
      throw notFound(`${uriTemplate} has no variable ${quoteName(variable)}`)
    },

    async watch(uri, onChange, signal) {
      const address = parseAddress(uri)
      if (address === undefined) return false
      const taskId = address.kind === 'tasks' ? null : address.taskId
      if (taskId !== null && !(await taskExists(service, taskId))) return false
      if (!signal.aborted) service.watch(taskId, throttle(onChange, PAUSE_MS, signal), signal)
      return true
    },
  }
}

function notFound(sentence: string): RpcError {
  return invalidParams(`${sentence}; resources/templates/list lists them`)
}
