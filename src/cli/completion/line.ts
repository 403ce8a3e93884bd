import type { Command, Option } from 'commander'
import { childNamed } from '../help/find-command.js'

/** Where the cursor of a command line stands. */
export interface Place {
  /** The command that is named before the cursor, or the program itself. */
  command: Command
  /** The option whose value the cursor is at. */
  option: Option | undefined
  /** What of the word stands before the value: `--status=`. */
  before: string
  /** The value or word so far. */
  written: string
  /** The words of the command's own arguments before the cursor. */
  given: readonly string[]
  /** Whether options may still follow: not after `--`. */
  takesOptions: boolean
  /** The values of options before the cursor, by their long names. */
  values: ReadonlyMap<string, string>
}

/** Reads the words of a command line after `spoold`, up to the cursor, as commander would; the last is the one at the cursor. */
export function readLine(program: Command, words: readonly string[]): Place {
  const written = words.at(-1) ?? ''
  const values = new Map<string, string>()
  const given: string[] = []
  let command = program
  let takesOptions = true
  let open: Option | undefined
  for (const word of words.slice(0, -1)) {
    if (open !== undefined) {
      values.set(open.long ?? '', word)
      open = undefined
    } else if (takesOptions && word === '--') takesOptions = false
    else if (takesOptions && word.startsWith('-')) {
      const [name = '', value] = splitOnce(word)
      const option = optionNamed(command, name)
      if (value !== undefined) values.set(option?.long ?? name, value)
      else if (option?.required) open = option
    } else {
      const child = given.length === 0 ? childNamed(command, word) : undefined
      if (child === undefined) given.push(word)
      else command = child
    }
  }
  const place = { command, given, takesOptions, values }
  if (open !== undefined) return { ...place, option: open, before: '', written }
  const [name = '', value] = splitOnce(written)
  const option = takesOptions && value !== undefined ? optionNamed(command, name) : undefined
  if (option === undefined || value === undefined) return { ...place, option: undefined, before: '', written }
  return { ...place, option, before: `${name}=`, written: value }
}

/** The options that a command takes, with those of the commands above it, as its help lists them. */
export function optionsOf(command: Command): Option[] {
  const help = command.createHelp()
  return [
    ...help.visibleOptions(command),
    ...(command.parent === null ? [] : help.visibleGlobalOptions(command)),
  ]
}

function optionNamed(command: Command, name: string): Option | undefined {
  return optionsOf(command).find((option) => option.long === name || option.short === name)
}

/** `--name=value` as its two parts; any other word alone. */
function splitOnce(word: string): [string, string?] {
  const place = word.startsWith('--') ? word.indexOf('=') : -1
  return place === -1 ? [word] : [word.slice(0, place), word.slice(place + 1)]
}
