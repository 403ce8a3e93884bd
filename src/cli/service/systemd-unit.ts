import { SpoolError } from '../../domain/errors.js'
import type { ServiceOrder } from './service-manager.js'

/** The first line of a unit that `spoold service install` wrote. */
export const UNIT_MARK = '# Made by `spoold service install`.'

/**
 * The systemd user unit of the daemon (systemd.service(5), systemd.exec(5)). What is not in it, and why, stands in
 * docs/service.md: almost all that sandboxes a service would take sudo, files or programs from the agents, too. Throws SpoolError
 * `invalid_input` where Node has a path that systemd takes for no program.
 */
export function systemdUnit({ argv, environment }: ServiceOrder): string {
  const [program, ...args] = argv
  refuseProgram(program)
  const assignments = Object.entries(environment).map(
    ([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`,
  )
  return `${UNIT_MARK} The next one writes it anew: changes of your own belong
# into a drop-in, which systemctl --user edit spoold.service makes.
[Unit]
Description=spoold, which runs long tasks of AI agents and keeps their output
# A daemon that cannot start is tried again five times, not for ever.
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${[unitWord(program), ...args.map(unitArgument)].join(' ')}
# Of the shell that installed it: with the PATH of systemd agents would not be found.
${assignments.join('\n')}
# Tasks are processes of this service. Only the daemon is ended with it, and the next daemon goes on with them.
KillMode=process
# An agent that is killed because memory is short takes neither the daemon nor other tasks with it.
OOMPolicy=continue
Restart=on-failure
RestartSec=2
# Wrong settings stay wrong.
RestartPreventExitStatus=2
# Longer than the daemon takes to close.
TimeoutStopSec=30
# No dump of the daemon's memory, where tokens are; an agent may raise it for its own programs.
LimitCORE=0:infinity
SyslogIdentifier=spoold

[Install]
WantedBy=default.target
`
}

function refuseProgram(path: string): void {
  if (!/["'\\]/.test(path)) return
  throw new SpoolError(
    'invalid_input',
    `systemd runs no program whose path has quotes or \\ in it, as ${path}: move Node.`,
  )
}

/** Letters that mean nothing to systemd wherever they stand. */
const PLAIN = /^[\w@+=:,./-]+$/

/**
 * A word of a unit by systemd.syntax(7): in double quotes where it must, `"` and `\` behind a `\`, and `%` doubled, since
 * specifiers are replaced inside of quotes too.
 */
function unitWord(word: string): string {
  if (PLAIN.test(word)) return word
  return `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`
}

/** A word after the program: there variables are replaced, inside of quotes too, and `$$` stands for `$`. */
function unitArgument(word: string): string {
  return unitWord(word).replace(/\$/g, '$$$$')
}

/** The command line of a unit, as systemd reads it; undefined where it has none. */
export function unitCommand(unit: string): string[] | undefined {
  const line = /^ExecStart=([^\n]+)/m.exec(unit)?.[1]
  if (line === undefined) return undefined
  const words = [...line.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|(\S+)/g)]
  return words.map(([, quoted, plain = ''], place) => {
    const word = (quoted?.replace(/\\([\s\S])/g, '$1') ?? plain).replaceAll('%%', '%')
    return place === 0 ? word : word.replaceAll('$$', '$')
  })
}
