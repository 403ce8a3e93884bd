import type { Command, Option } from 'commander'
import { CHUNK_KINDS } from '../../domain/chunk.js'
import { ERROR_CODES } from '../../domain/errors.js'
import { childNamed, visibleChildren } from '../help/find-command.js'
import type { Candidate, Candidates } from './candidate.js'
import { type Cursor, optionsOf, readLine } from './line.js'

/** Words that only the daemon knows; none if it is not running. */
export interface DaemonWords {
  /** Newest first; `command` is the command that takes the task. */
  tasks(command: string): Promise<Candidate[]>
  sessions(): Promise<Candidate[]>
  agents(): Promise<Candidate[]>
}

/** The candidates for the last word. `daemonWords` is called with the values of the options before it. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  daemonWords: (values: ReadonlyMap<string, string>) => DaemonWords,
): Promise<Candidates> {
  const cursor = readLine(program, words)
  const candidates = await candidatesAt(cursor, daemonWords(cursor.values))
  if (typeof candidates === 'string') return candidates
  return candidates
    .filter(({ word }) => word.startsWith(cursor.written))
    .map(({ word, does }) => ({ word: `${cursor.before}${word}`, does }))
}

async function candidatesAt(cursor: Cursor, daemon: DaemonWords): Promise<Candidates> {
  const { command, option, written, args, takesOptions } = cursor
  if (option !== undefined) return valuesOf(option, daemon)
  if (takesOptions && written.startsWith('-')) return optionsOf(command).map(asCandidate)
  if (command.name() === 'help')
    return subcommands(args.reduce<Command | undefined>(step, command.parent ?? command))
  const children = subcommands(command)
  if (children.length === 0) return argumentsOf(cursor, daemon)
  return args.length === 0 ? children : []
}

function subcommands(command: Command | undefined): Candidate[] {
  if (command === undefined) return []
  return visibleChildren(command).map((child) => ({ word: child.name(), does: child.description() }))
}

function step(command: Command | undefined, name: string): Command | undefined {
  return command === undefined ? undefined : childNamed(command, name)
}

function asCandidate({ long, short, description }: Option): Candidate {
  return { word: long ?? short ?? '', does: description }
}

/** Chosen by the name of the value in the help. */
async function valuesOf(option: Option, daemon: DaemonWords): Promise<Candidates> {
  if (option.argChoices !== undefined) return option.argChoices.map((word) => ({ word }))
  if (option.long === '--agent') return daemon.agents()
  if (option.long === '--session') return daemon.sessions()
  if (option.long === '--kind') return CHUNK_KINDS.map((word) => ({ word }))
  if (/[<[]file[>\]]$/.test(option.flags)) return 'files'
  return /[<[]dir[>\]]$/.test(option.flags) ? 'directories' : []
}

async function argumentsOf({ command, args }: Cursor, daemon: DaemonWords): Promise<Candidates> {
  const { registeredArguments } = command
  const last = registeredArguments.at(-1)
  const argument = registeredArguments[args.length] ?? (last?.variadic ? last : undefined)
  if (argument === undefined) return []
  if (argument.argChoices !== undefined) return argument.argChoices.map((word) => ({ word }))
  switch (argument.name()) {
    case 'id':
      return (await daemon.tasks(command.name())).filter(({ word }) => !args.includes(word))
    case 'code':
      return ERROR_CODES.map((word) => ({ word }))
    case 'command':
      return args.length === 0 ? 'commands' : 'files'
    case 'answer':
      return ['yes', 'no'].map((word) => ({ word }))
    default:
      return []
  }
}
