/** Errors of tasks, sessions and agents. */
export const TASKS = {
  invalid_input: {
    means: 'A value is invalid; the message names the field or the word.',
    causes: [
      'a field is missing, has the wrong type, or is out of range',
      'the prefix of an id matches several tasks',
      'the message begins with `-`, which the agent would read as an option',
      'the session works in another directory than the one given',
    ],
    remedies: [
      'Correct the value the message names and try again; nothing was changed.',
      '`spoold help COMMAND` lists the accepted values; MCP clients see them in the schema of the tool.',
      'Use more characters of the id, or `@last`.',
    ],
  },
  task_not_found: {
    means: 'No task has this id.',
    causes: [
      'the id is mistyped, or belongs to another state directory',
      'the task was purged after its retention (default 7 days)',
    ],
    remedies: [
      'List the tasks with `spoold ls --all`; `@last` is the newest.',
      'For another state directory use its `--state-dir` or SPOOLD_STATE_DIR.',
      'Keep a task with `spoold pin ID`, or all tasks longer with taskTtlSeconds (docs/settings.md).',
      '`sqlite3 "$(spoold db)" "SELECT * FROM purge_history"` lists the purges.',
    ],
  },
  session_not_found: {
    means: 'No session has this id.',
    causes: ['the id is mistyped', 'the session was purged with its last task'],
    remedies: [
      'Omit the session to start a new one.',
      '`spoold ls --all --json` shows the session of each task; MCP clients use kiro_session_list.',
    ],
  },
  session_ended: {
    means: 'The session has ended and accepts no more messages. Its history is still readable.',
    causes: ['a client ended it with kiro_session_end'],
    remedies: [
      'Omit the session to start a new one. `spoold ls --session ID --all` shows the tasks of the old one.',
    ],
  },
  session_busy: {
    means: 'The session cannot be ended while one of its tasks is active.',
    causes: ['a task of the session is running or waiting'],
    remedies: ['List its tasks with `spoold ls --session ID`; wait for them, or `spoold cancel ID`.'],
  },
  no_question: {
    means: 'The task has no open question that this response answers.',
    causes: ['someone else responded first, or the task has ended', 'the response names an earlier question'],
    remedies: ['`spoold respond ID` without an answer shows the open question.'],
  },
  agent_unknown: {
    means: 'No agent with this name is configured.',
    causes: [
      'the name is mistyped',
      'the config file with the agent was not read by the daemon, or was changed after its start',
    ],
    remedies: [
      'List the agents with `spoold agents`.',
      'Add it: `spoold init --merge` adds all installed agents; docs/settings.md shows how to add others.',
      'Run `spoold restart`; running tasks continue.',
      'To run a command instead of an agent, use `spoold exec -- COMMAND`.',
    ],
  },
  agent_missing: {
    means: "The agent's program was not found. The task has failed for this reason.",
    causes: [
      'the program is not installed',
      "it is not on the daemon's PATH, which can differ from your shell's if a service or an editor started the daemon",
    ],
    remedies: [
      '`spoold agents` and `spoold doctor` show what is missing and how to install it.',
      'Set its path as `"binary"` in the settings of the agent, then `spoold restart`.',
      'Run `spoold restart` in a shell that finds the program; for a service, run `spoold service install` there.',
    ],
  },
  launch_error: {
    means:
      'A program was found but could not be started: an agent (the task has failed for this reason), an editor, or sqlite3.',
    causes: [
      'the agent is not signed in',
      'the agent is too old, or `--version` fails',
      'the file is not executable, or its interpreter is missing',
      'a module cannot be loaded',
      'the editor exited with an error; sqlite3 is not installed',
    ],
    remedies: [
      '`spoold show ID` shows the reason. Run the program by hand in the same directory.',
      'Sign in with the program, or update it; check with `spoold agents`.',
      'For an editor set EDITOR, or pass the message as an argument; the message shows where your text was kept.',
      'daemon.log in the state directory may have details.',
    ],
  },
  too_many_tasks: {
    means: 'The limit of running and waiting tasks is reached (default 100).',
    causes: ['tasks are started faster than they end', 'tasks hang and have no time limit'],
    remedies: [
      'List them with `spoold ls`; wait, or `spoold cancel ID`.',
      'Raise maxTasks, or set taskTimeoutSeconds or stallTimeoutSeconds (docs/settings.md), then `spoold restart`.',
    ],
  },
  message_too_large: {
    means: 'The message is too long for spoold or the agent.',
    causes: [
      'it exceeds maxMessageBytes (default 4 MiB)',
      'the agent receives it as an argument, which Linux limits to 128 KiB',
    ],
    remedies: [
      'Put the long part into a file and name the file in the message.',
      'For an agent of kind command set `"input": "stdin"`.',
    ],
  },
  working_directory_invalid: {
    means: 'The task cannot work in this directory.',
    causes: [
      'it does not exist, is not a directory, or is not accessible',
      'an MCP client passed a relative path',
      'it is outside allowedRoots',
    ],
    remedies: [
      'Use an existing directory: `--cwd DIR`; MCP clients pass working_directory as an absolute path.',
      'Add its root to allowedRoots, then `spoold restart`; `spoold config` shows the current value.',
    ],
  },
  idempotency_conflict: {
    means: 'The idempotency key was already used for another request.',
    causes: ['a program uses the same key for different messages'],
    remedies: [
      'Use a new key for each request; repeat a key only with an identical request.',
      '`spoold show ID` shows the task with the key; the message names it.',
    ],
  },
}
