import type { TaskService } from '../../domain/service.js'
import { quoteName } from '../../domain/text.js'
import { invalidParams, type RpcError } from '../rpc-error.js'
import type { PromptProvider } from '../server-definition.js'
import type { ToolNames } from '../wording.js'
import { DELEGATE, type Delegation, delegation } from './delegate.js'

const NAMES: readonly string[] = DELEGATE.arguments.map(({ name }) => name)

/** What a person can choose from a menu of prompts. */
export function createPrompts(options: {
  service: Pick<TaskService, 'agentNames'>
  /** Turns tool names in our own sentences into those that the caller knows. */
  tool: ToolNames
}): PromptProvider {
  const { service, tool } = options
  return {
    list: [DELEGATE],

    async get(name, args) {
      if (name !== DELEGATE.name) return undefined
      const text = delegation(readArguments(args), tool)
      return {
        description: DELEGATE.description,
        messages: [{ role: 'user', content: { type: 'text', text } }],
      }
    },

    async complete(name, argument, beginning) {
      if (name !== DELEGATE.name)
        throw invalidParams(`There is no prompt ${quoteName(name)}; there is ${DELEGATE.name}`)
      if (!NAMES.includes(argument)) throw noSuchArgument(argument)
      if (argument !== 'agent') return []
      return service.agentNames().filter((agent) => agent.startsWith(beginning))
    },
  }
}

/** A field that a person left empty in a form counts as not given. */
function readArguments(args: Readonly<Record<string, string>>): Delegation {
  const unknown = Object.keys(args).find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw noSuchArgument(unknown)
  const { work = '', agent, working_directory } = args
  if (work.trim() === '') throw invalidParams('The argument work is missing; say what the agent is to do')
  return { work, agent: agent || undefined, working_directory: working_directory || undefined }
}

function noSuchArgument(name: string): RpcError {
  return invalidParams(
    `The prompt ${DELEGATE.name} has no argument ${quoteName(name)}; there are ${NAMES.join(', ')}`,
  )
}
