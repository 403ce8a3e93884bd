import { SpoolError } from '../../domain/errors.js'
import type { ServiceSpec } from './spec.js'

/** Identifies units written by `spoold service install`; installed ones have it, so it must not change. */
export const UNIT_MARK = '# Made by `spoold service install`.'

/**
 * The systemd user unit of the daemon (systemd.service(5), systemd.exec(5)). docs/service.md explains what is not in it:
 * almost every sandboxing option would deprive agents of sudo, files or programs. Throws SpoolError `invalid_input` if the
 * path of Node cannot be used in a unit.
 */
export function systemdUnit({ argv, environment }: ServiceSpec): string {
  const [program, ...args] = argv
  assertProgramPath(program)
  const assignments = Object.entries(environment).map(
    ([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`,
  )
  return `${UNIT_MARK} It is replaced by the next install: put your changes
# into a drop-in with systemctl --user edit spoold.service.
[Unit]
Description=spoold, which runs long tasks of AI agents and keeps their output
# Gives up after five failed starts.
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${[unitWord(program), ...args.map(unitArgument)].join(' ')}
# From the shell of the installation: agents are not on systemd's PATH.
${assignments.join('\n')}
# Tasks are processes of this service. Only the daemon is stopped, and the next one adopts them.
KillMode=process
# An agent that is killed for lack of memory does not stop the daemon or other tasks.
OOMPolicy=continue
Restart=on-failure
RestartSec=2
# Do not restart with invalid settings.
RestartPreventExitStatus=2
# Longer than the daemon takes to stop.
TimeoutStopSec=30
# No core dumps, because memory contains tokens; agents can raise the limit for their programs.
LimitCORE=0:infinity
SyslogIdentifier=spoold

[Install]
WantedBy=default.target
`
}

function assertProgramPath(path: string): void {
  if (!/["'\\]/.test(path)) return
  throw new SpoolError(
    'invalid_input',
    `systemd cannot run ${path}, because the path has a quote or \\: install Node elsewhere.`,
  )
}

/** Characters without a special meaning in units. */
const PLAIN = /^[\w@+=:,./-]+$/

/**
 * A word of a unit by systemd.syntax(7): in double quotes if needed, with `"` and `\` escaped and `%` doubled, because
 * specifiers are expanded in quotes too.
 */
function unitWord(word: string): string {
  if (PLAIN.test(word)) return word
  return `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`
}

/** An argument: variables are expanded there, in quotes too, and `$$` means `$`. */
function unitArgument(word: string): string {
  return unitWord(word).replace(/\$/g, '$$$$')
}

/** The command line of a unit as systemd parses it; undefined if it has none. */
export function unitCommand(unit: string): string[] | undefined {
  const line = /^ExecStart=([^\n]+)/m.exec(unit)?.[1]
  if (line === undefined) return undefined
  const words = [...line.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|(\S+)/g)]
  return words.map(([, quoted, plain = ''], index) => {
    const word = (quoted?.replace(/\\([\s\S])/g, '$1') ?? plain).replaceAll('%%', '%')
    return index === 0 ? word : word.replaceAll('$$', '$')
  })
}
