/**
 * The script that runs an agent, as text: `sh -c WRAPPER spoold-task …`. Replacing the package does not affect running
 * tasks, because their shells already have the whole script.
 *
 * Parameters: $1 spool directory, $2 attempt, $3 file for standard input, $4 PATH for ln, mv and other tools,
 * $5 variables to unset, $6 FIFO to create for standard input, or empty, then the command. File descriptors: 1 and 2
 * are the spool's streams, 3 reports to the daemon, if it still runs, that the agent starts.
 *
 * - Only subshells set variables: elsewhere they would change a variable of the same name in the agent's environment.
 * - Until the agent starts, a signal simply ends the script. From then on signals are caught, not ignored, because
 *   ignored signals are inherited. The agent is not a background job, because a shell ignores SIGINT for those.
 * - The start is reported from the agent's own subshell, where signals are no longer caught: an earlier SIGTERM, between
 *   fork and exec, would be lost, and a cancel would have to wait for the whole grace period.
 * - The claim is a hard link: atomic, exclusive and never visible half written. Its owner decides whether the attempt
 *   runs, so the script claims the attempt before it starts the agent, and ends if it cannot.
 * - The script's own standard error is discarded, because shells print "Terminated" there when a child is killed.
 * - With a FIFO the agent is in a dialogue: a feeder copies to it what is in $3 and what is appended later. The daemon
 *   wakes the feeder through a second FIFO, which the feeder itself keeps open, so that it works while no daemon runs. The
 *   word `end`, or any word after the script was killed, ends the feeder and closes the agent's input.
 * - Space for the exit code is reserved before the agent starts and later overwritten, so recording it needs no free
 *   space on the disk. If it still cannot be written, the script retries for as long as the spool exists.
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

/** Variables that a shell adds by itself; the agent gets them only if its launch spec sets them. */
const SHELL_VARIABLES = ['PWD', 'OLDPWD', 'SHLVL', '_']

/** The shell's arguments for one attempt. `toolPath` is a PATH with ln, mv, sleep (and on macOS ps, sysctl). */
export function wrapperArguments(attempt: {
  spoolDirectory: string
  attempt: number
  inputFile: string
  /** FIFO to create for a dialogue; empty if the input is complete from the start. */
  inputFifo: string
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
    attempt.inputFifo,
    ...attempt.argv,
  ]
}
