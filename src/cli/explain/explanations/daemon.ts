/** Errors of the daemon: settings, start and stop. */
export const DAEMON = {
  config_invalid: {
    means: 'A setting is invalid; the message names it and its source.',
    causes: [
      'the config file is not JSON, or has an unknown setting or an invalid value',
      'an environment variable (SPOOLD_…) has an invalid value',
      'the named config file does not exist, or other users can write it',
      'the address to listen on is not an address of this machine',
      '`spoold client` cannot read the configuration of the client',
    ],
    remedies: [
      'Correct it; docs/settings.md lists all settings, and with `"$schema"` editors check them.',
      '`spoold config` shows each setting and its source.',
      'If other users can write the file, check its content and run `chmod go-w FILE`.',
    ],
  },
  state_directory_invalid: {
    means: 'The state directory or a file in it is not safe to use. Nothing was changed.',
    causes: [
      'it belongs to another user, or other users can write it',
      'it contains an unexpected file, link or directory',
      'it cannot be created or written',
    ],
    remedies: [
      'Do what the message says; `spoold doctor` checks the whole directory.',
      'If it is yours and others can write it, run `chmod 700 DIR`.',
      'Use another one with `--state-dir DIR` or SPOOLD_STATE_DIR, the same for every command.',
    ],
  },
  daemon_already_running: {
    means: 'Another daemon already serves this state directory.',
    causes: ['`spoold serve` was started while a command, a client or a service has a daemon running'],
    remedies: [
      'Use the running one: `spoold status`.',
      'Or run `spoold stop` first; running tasks continue.',
      'For a second daemon use another state directory: `--state-dir DIR`.',
    ],
  },
  daemon_unreachable: {
    means: 'No daemon responds for this state directory.',
    causes: [
      'none is running, and `--no-spawn` or SPOOLD_NO_SPAWN prevents starting one',
      'its process hangs or is suspended',
      'the connection broke during a request',
      'the command uses another state directory than the daemon',
    ],
    remedies: [
      'Run `spoold start`, or omit `--no-spawn`.',
      'Check `spoold status`, `spoold doctor`, and daemon.log in the state directory.',
      'If it hangs: `kill -9 PID`, then `spoold start`. Running tasks continue.',
      'After a broken connection check with `spoold ls --all` whether the request was executed.',
    ],
  },
  daemon_start_failed: {
    means: 'The daemon was started in the background but exited, or did not respond in time.',
    causes: [
      'the end of the message is the error of the daemon itself',
      'the machine is too busy, or the database is very large',
    ],
    remedies: [
      'Run `spoold serve` to see its error, and explain the code at its end.',
      'Read the end of daemon.log in the state directory, and run `spoold doctor`.',
    ],
  },
  port_in_use: {
    means: 'Another program listens on the port.',
    causes: ['a daemon of another state directory or user', 'any other program'],
    remedies: [
      'Use a free port: `spoold start --port 0`. Commands and `spoold mcp` find it automatically.',
      'To change it permanently, set `"port"` in the config file or SPOOLD_PORT.',
      'Find the program with `ss -ltnp` (Linux) or `lsof -iTCP -sTCP:LISTEN` (macOS).',
    ],
  },
  shutting_down: {
    means: 'The daemon is stopping, for example for a restart. Running tasks continue.',
    causes: ['`spoold stop` or `spoold restart` was run, or the user logged out'],
    remedies: ['Try again in a moment; if no daemon is running then, use `spoold start`.'],
  },
  unsupported_platform: {
    means: 'This installation of spoold cannot run here.',
    causes: [
      'Windows without WSL',
      '/proc is not mounted (Linux)',
      "SQLite's binding was built for another version of Node",
      '`spoold service` found neither systemd (Linux) nor launchd (macOS)',
    ],
    remedies: [
      'On Windows run `wsl --install` and install spoold there.',
      'After a change of Node run `npm rebuild better-sqlite3` where spoold is installed, or reinstall it.',
      'In a container or sandbox mount /proc.',
      'Without a service manager use `spoold start`.',
    ],
  },
  internal: {
    means: 'An unexpected error in spoold. Stored data is unchanged.',
    causes: ['a bug in spoold', 'its files changed while it was running, for example by an upgrade'],
    remedies: [
      'Try `spoold restart`; running tasks continue.',
      'daemon.log in the state directory has details.',
      'Please report it with those lines, without private data.',
    ],
  },
}
