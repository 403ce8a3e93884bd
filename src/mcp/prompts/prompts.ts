import type { TaskService } from '../../domain/service.js'
import { quoteName } from '../../domain/text.js'
import type { PromptProvider } from '../definition.js'
import { invalidParams, type RpcError } from '../rpc-error.js'
import type { ToolNames } from '../wording.js'
import { DELEGATE, type Delegation, delegation } from './delegate.js'

const NAMES: readonly string[] = DELEGATE.arguments.map(({ name }) => name)

/** The prompts that a person can choose from a menu. */
export function createPrompts(options: {
  service: Pick<TaskService, 'agentNames'>
  tool: ToolNames
}): PromptProvider {
  const { service, tool } = options
  return {
    list: [DELEGATE],

    async get(name, args) {
      if (name !== DELEGATE.name) return undefined
      const text = delegation(parseArguments(args), tool)
      return {
        description: DELEGATE.description,
        messages: [{ role: 'user', content: { type: 'text', text } }],
      }
    },

    async complete(name, argument, prefix) {
      if (name !== DELEGATE.name)
        throw invalidParams(`There is no prompt ${quoteName(name)}; available: ${DELEGATE.name}`)
      if (!NAMES.includes(argument)) throw unknownArgument(argument)
      if (argument !== 'agent') return []
      return service.agentNames().filter((agent) => agent.startsWith(prefix))
    },
  }
}

/** A field that a person left empty counts as missing. */
function parseArguments(args: Readonly<Record<string, string>>): Delegation {
  const unknown = Object.keys(args).find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw unknownArgument(unknown)
  const { work = '', agent, working_directory } = args
  if (work.trim() === '') throw invalidParams('The argument work is missing; say what the agent should do')
  return { work, agent: agent || undefined, working_directory: working_directory || undefined }
}

function unknownArgument(name: string): RpcError {
  return invalidParams(
    `The prompt ${DELEGATE.name} has no argument ${quoteName(name)}; available: ${NAMES.join(', ')}`,
  )
}
