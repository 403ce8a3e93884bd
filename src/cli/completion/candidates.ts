import type { Command, Option } from 'commander'
import { CHUNK_KINDS } from '../../domain/chunk.js'
import { ERROR_CODES } from '../../domain/errors.js'
import { childNamed, visibleChildren } from '../help/find-command.js'
import type { Candidate, Candidates } from './candidate.js'
import { optionsOf, type Place, readLine } from './line.js'

/** What only a daemon knows: nothing where none runs. */
export interface Known {
  /** Newest first. `command` is the one that is to be given a task. */
  tasks(command: string): Promise<Candidate[]>
  sessions(): Promise<Candidate[]>
  agents(): Promise<Candidate[]>
}

/** What may stand at the cursor, which is at the end of the last word. `knownIn` is asked with the options of the line. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  knownIn: (values: ReadonlyMap<string, string>) => Known,
): Promise<Candidates> {
  const place = readLine(program, words)
  const candidates = await at(place, knownIn(place.values))
  if (typeof candidates === 'string') return candidates
  return candidates
    .filter(({ word }) => word.startsWith(place.written))
    .map(({ word, does }) => ({ word: `${place.before}${word}`, does }))
}

async function at(place: Place, known: Known): Promise<Candidates> {
  const { command, option, written, given, takesOptions } = place
  if (option !== undefined) return valuesOf(option, known)
  if (takesOptions && written.startsWith('-')) return optionsOf(command).map(asCandidate)
  if (command.name() === 'help')
    return below(given.reduce<Command | undefined>(step, command.parent ?? command))
  const children = below(command)
  if (children.length === 0) return argumentsOf(place, known)
  return given.length === 0 ? children : []
}

function below(command: Command | undefined): Candidate[] {
  if (command === undefined) return []
  return visibleChildren(command).map((child) => ({ word: child.name(), does: child.description() }))
}

function step(command: Command | undefined, name: string): Command | undefined {
  return command === undefined ? undefined : childNamed(command, name)
}

function asCandidate({ long, short, description }: Option): Candidate {
  return { word: long ?? short ?? '', does: description }
}

/** By the name that the help gives the value. */
async function valuesOf(option: Option, known: Known): Promise<Candidates> {
  if (option.argChoices !== undefined) return option.argChoices.map((word) => ({ word }))
  if (option.long === '--agent') return known.agents()
  if (option.long === '--session') return known.sessions()
  if (option.long === '--kind') return CHUNK_KINDS.map((word) => ({ word }))
  if (/[<[]file[>\]]$/.test(option.flags)) return 'files'
  return /[<[]dir[>\]]$/.test(option.flags) ? 'directories' : []
}

async function argumentsOf({ command, given }: Place, known: Known): Promise<Candidates> {
  const { registeredArguments } = command
  const last = registeredArguments.at(-1)
  const argument = registeredArguments[given.length] ?? (last?.variadic ? last : undefined)
  if (argument === undefined) return []
  if (argument.argChoices !== undefined) return argument.argChoices.map((word) => ({ word }))
  switch (argument.name()) {
    case 'id':
      return (await known.tasks(command.name())).filter(({ word }) => !given.includes(word))
    case 'code':
      return ERROR_CODES.map((word) => ({ word }))
    case 'command':
      return given.length === 0 ? 'commands' : 'files'
    case 'answer':
      return ['yes', 'no'].map((word) => ({ word }))
    default:
      return []
  }
}
