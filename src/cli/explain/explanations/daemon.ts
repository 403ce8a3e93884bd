import type { ErrorCode } from '../../../domain/errors.js'
import type { Explanation } from '../explanation.js'

/** About the daemon: its settings, its start and its end. */
export const DAEMON = {
  config_invalid: {
    means: 'A setting cannot be taken; the sentence names it and where it comes from.',
    causes: [
      'the config file is no JSON, has a name that is no setting, or a value that is none for it',
      'an environment variable (SPOOLD_…) holds such a value',
      'the config file that was named does not exist, or other users may write in it',
      'the address to listen on is not of this machine',
      'the configuration that `spoold client` is to change cannot be read',
    ],
    remedies: [
      'Correct it there; docs/settings.md lists all settings, and `"$schema"` makes an editor complete and check them.',
      'See what is taken from where: `spoold config`.',
      '`chmod go-w FILE`, where others may write in it: look first at what it says.',
    ],
  },
  state_directory_invalid: {
    means:
      'The state directory, or a file in it, is not what spoold would have made; nothing in it was touched.',
    causes: [
      'it belongs to another user, or others may write in it',
      'something else lies there: a file, a link, a directory that is used for other things',
      'it cannot be made or written',
    ],
    remedies: [
      'Do what the sentence says; `spoold doctor` looks at all of it.',
      '`chmod 700 DIR`, where it is yours and others may write in it.',
      'Use another: `--state-dir DIR` or SPOOLD_STATE_DIR, the same for each command.',
    ],
  },
  daemon_already_running: {
    means: 'A daemon serves this state directory already; two cannot.',
    causes: ['`spoold serve` is started beside a daemon that a command, a client or a service has started'],
    remedies: [
      'Use the one that runs: `spoold status`.',
      '`spoold stop` first, then start it as you want it; running tasks survive.',
      'For a second one give it a state directory of its own: `--state-dir DIR`.',
    ],
  },
  daemon_unreachable: {
    means: 'No daemon answers for this state directory.',
    causes: [
      'none runs, and `--no-spawn` or SPOOLD_NO_SPAWN forbids to start one',
      'its process hangs, or is suspended',
      'the connection broke in the middle of a request',
      'the command looks into another state directory than the daemon',
    ],
    remedies: [
      '`spoold start`, or leave `--no-spawn` out.',
      'See how it is: `spoold status`, `spoold doctor`, and the log, daemon.log in the state directory.',
      'One that hangs: `kill -9 PID`, then `spoold start`. Tasks survive that too.',
      'After a broken connection look first whether it was done: `spoold ls --all`.',
    ],
  },
  daemon_start_failed: {
    means: 'A daemon was started in the background and ended, or did not answer in time.',
    causes: [
      'what the sentence ends with is what the daemon said itself',
      'the machine is so busy, or the database so large, that it was not ready in time',
    ],
    remedies: [
      'Start it where you see it: `spoold serve`. Explain what it says with the code at its end.',
      'Read the end of daemon.log in the state directory; `spoold doctor` looks at the rest.',
    ],
  },
  port_in_use: {
    means: 'Another program listens on the port.',
    causes: ['a daemon of another state directory or another user has it', 'some other program has it'],
    remedies: [
      'Take any that is free: `spoold start --port 0`. The command line and `spoold mcp` find it by themselves.',
      'For good: `"port"` in the config file, or SPOOLD_PORT.',
      'See who has it: `ss -ltnp` on Linux, `lsof -iTCP -sTCP:LISTEN` on macOS.',
    ],
  },
  shutting_down: {
    means: 'The daemon is about to end, for example because it is restarted. Running tasks go on.',
    causes: ['`spoold stop`, `spoold restart`, or the end of the session of the user'],
    remedies: ['Ask again in a moment: the next daemon has everything. `spoold start`, should none come.'],
  },
  unsupported_platform: {
    means: 'spoold cannot run here as it is installed.',
    causes: [
      'this is Windows without WSL',
      'on Linux /proc is not mounted, by which processes are recognised',
      "SQLite's binding was built for another version of Node",
      '`spoold service`: there is no systemd (Linux) or launchd (macOS)',
    ],
    remedies: [
      'On Windows: `wsl --install`, and install spoold inside.',
      'After a change of Node: `npm rebuild better-sqlite3` where spoold is installed, or install it again.',
      'In a container or sandbox: mount /proc.',
      'Without a service manager: `spoold start`, from whatever starts things there.',
    ],
  },
  internal: {
    means: 'spoold met something that nobody foresaw. What is stored stays as it is.',
    causes: ['an error of spoold itself', 'its files were changed while it ran, for example by an upgrade'],
    remedies: [
      'Try `spoold restart`; running tasks survive.',
      "The daemon's log (daemon.log in the state directory) has the details.",
      'Please report it with those lines; look first that nothing private stands in them.',
    ],
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
