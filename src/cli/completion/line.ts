import type { Command, Option } from 'commander'
import { childNamed } from '../help/find-command.js'

/** The position of the cursor in a command line. */
export interface Cursor {
  /** The command before the cursor, or the program itself. */
  command: Command
  /** The option whose value is at the cursor. */
  option: Option | undefined
  /** The part of the word before the value, such as `--status=`. */
  before: string
  /** The value or word up to the cursor. */
  written: string
  /** The arguments of the command before the cursor. */
  args: readonly string[]
  /** Whether options may follow; false after `--`. */
  takesOptions: boolean
  /** Values of the options before the cursor, by long name. */
  values: ReadonlyMap<string, string>
}

/** Parses the words after `spoold` as commander would; the last word is at the cursor. */
export function readLine(program: Command, words: readonly string[]): Cursor {
  const written = words.at(-1) ?? ''
  const values = new Map<string, string>()
  const args: string[] = []
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
      const child = args.length === 0 ? childNamed(command, word) : undefined
      if (child === undefined) args.push(word)
      else command = child
    }
  }
  const base = { command, args, takesOptions, values }
  if (open !== undefined) return { ...base, option: open, before: '', written }
  const [name = '', value] = splitOnce(written)
  const option = takesOptions && value !== undefined ? optionNamed(command, name) : undefined
  if (option === undefined || value === undefined) return { ...base, option: undefined, before: '', written }
  return { ...base, option, before: `${name}=`, written: value }
}

/** The options of a command and the global ones, as in its help. */
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

/** Splits `--name=value`; any other word is returned alone. */
function splitOnce(word: string): [string, string?] {
  const index = word.startsWith('--') ? word.indexOf('=') : -1
  return index === -1 ? [word] : [word.slice(0, index), word.slice(index + 1)]
}
