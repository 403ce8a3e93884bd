/**
 * The script that runs an agent, as text: `sh -c WRAPPER spoold-task …`. A package that is replaced while tasks run
 * changes nothing for them, because the shell has the whole script already.
 *
 * Parameters: $1 spool directory, $2 attempt, $3 file for standard input, $4 where ln, mv and the like are found,
 * $5 names to unset, $6 a FIFO to make for standard input, or nothing, then the command. File descriptors: 1 and 2 the
 * spool's streams, 3 to tell the daemon, if it is still there, that the agent starts.
 *
 * - Only subshells have variables: one of the same name in the agent's environment would be changed by them.
 * - Until the agent starts, a signal simply ends the script. From then on it is caught, not ignored, since what is
 *   ignored is inherited; and the agent is no background job, since a shell ignores SIGINT for those.
 * - The daemon is told from the agent's own subshell, where signals are no longer caught: a SIGTERM that came between
 *   fork and exec before that would be lost, and a cancel would have to wait for the whole grace.
 * - The claim is a hard link: atomic, exclusive, and never seen half written. Whoever has it decides whether the
 *   attempt runs, so it comes before the agent, and the script ends where it cannot be had.
 * - The script's own standard error goes nowhere, because shells print "Terminated" there when a child is killed.
 * - With a FIFO the agent is spoken to while it runs: a feeder hands on what $3 has and will have. The daemon rings it
 *   through a second FIFO, which the feeder holds open itself, so that it lasts while no daemon runs. The word `end`,
 *   or a ring after the script was killed, ends the feeder, and thereby the agent's input.
 * - Room for the exit code is taken before the agent starts, and the code is written over it: it needs none when the disk
 *   is full by then. What cannot be written all the same is tried again for as long as there is a spool to write it to.
 */
export const WRAPPER = `
exec 4>&2 2>/dev/null
(
  umask 077
  IFS=' '
  PATH=$4
  [ -z "$6" ] || mkfifo -m 600 "$1/bell-$2" "$6" || exit
  claim=$1/claim-$2
  room=$1/exit-$2.$$
  if [ -r /proc/$$/stat ]; then
    read -r stat </proc/$$/stat
    read -r boot </proc/sys/kernel/random/boot_id
    set -- \${stat##*\\)}
    start=\${20}
  else
    start=$(LC_ALL=C TZ=UTC0 ps -o lstart= -p $$)
    boot=$(sysctl -n kern.bootsessionuuid)
  fi
  [ -n "$start" ] && [ -n "$boot" ] &&
    printf '{"pid":%s,"startTime":"%s","bootId":"%s"}\\n' "$$" "$start" "$boot" >"$claim.$$" &&
    printf '    \\n' >"$room" &&
    ln "$claim.$$" "$claim"
) || exit 75
trap : HUP INT QUIT TERM USR1 USR2
if [ -n "$6" ]; then
  (
    PATH=$4
    word=
    exec 3>&- 4>&- 5<>"$1/bell-$2" 6<"$3" >"$6"
    until
      cat <&6
      [ "$word" = end ] || ! kill -0 $$
    do
      read -r word <&5
    done
  ) &
fi
(
  trap '' PIPE
  printf . >&3
  trap - PIPE
  exec <"\${6:-$3}" 2>&4 3>&- 4>&-
  unset $5
  shift 6
  exec "$@"
)
set -- "$?" "$1" "$2" "$4" "$6"
[ -z "$5" ] || kill $!
trap '' HUP INT QUIT TERM USR1 USR2
umask 077
PATH=$4
until printf '%-4s\\n' "$1" 1<>"$2/exit-$3.$$" && mv -f "$2/exit-$3.$$" "$2/exit-$3"; do
  [ -d "$2" ] && sleep 1 || exit
done
`

/** What a shell adds to the environment by itself; the agent gets them only where the order names them. */
const SHELL_VARIABLES = ['PWD', 'OLDPWD', 'SHLVL', '_']

/** The arguments of the shell for one attempt. `toolPath` is a PATH that leads to ln, mv, sleep (and ps, sysctl). */
export function wrapperArguments(attempt: {
  spoolDirectory: string
  attempt: number
  inputFile: string
  /** A FIFO to be made and to feed the input file through; empty where the input is whole from the beginning. */
  inputPipe: string
  toolPath: string
  env: Record<string, string>
  argv: [string, ...string[]]
}): string[] {
  const added = SHELL_VARIABLES.filter((name) => attempt.env[name] === undefined)
  return [
    '-c',
    WRAPPER,
    'spoold-task',
    attempt.spoolDirectory,
    String(attempt.attempt),
    attempt.inputFile,
    attempt.toolPath,
    added.join(' '),
    attempt.inputPipe,
    ...attempt.argv,
  ]
}
