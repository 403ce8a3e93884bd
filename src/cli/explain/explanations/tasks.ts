import type { ErrorCode } from '../../../domain/errors.js'
import type { Explanation } from '../explanation.js'

/** About tasks, their sessions and their agents. */
export const TASKS = {
  invalid_input: {
    means: 'Something that was given cannot be taken as it is; the sentence names the field or the word.',
    causes: [
      'a field is missing, of the wrong type, or out of its bounds',
      'the beginning of an id fits several tasks',
      'a message begins with `-` and the agent would take it for an option',
      'a session works in another directory than the one that was given',
    ],
    remedies: [
      'Correct what the sentence names. Nothing was changed, so the same can be tried again.',
      'On the command line `spoold help COMMAND` shows what is taken; for MCP clients the schema of the tool does.',
      'Of an id give more characters, or say `@last`.',
    ],
  },
  task_not_found: {
    means: 'There is no task with this id.',
    causes: [
      'the id is mistyped, or of another state directory',
      'the task ended longer ago than its retention (7 days, if nothing else is set) and was purged',
    ],
    remedies: [
      'Look at what is there: `spoold ls --all`. `@last` is the task that was created last.',
      'Of another state directory: give the same `--state-dir` or SPOOLD_STATE_DIR that it was started with.',
      'To keep a task for ever, `spoold pin ID`; to keep all longer, set taskTtlSeconds (docs/settings.md).',
      '`sqlite3 "$(spoold db)" "SELECT * FROM purge_history"` tells what was purged and when.',
    ],
  },
  session_not_found: {
    means: 'There is no session with this id.',
    causes: ['the id is mistyped', 'the session went with its last task, when that was purged'],
    remedies: [
      'Leave the session out: a new one is opened.',
      '`spoold ls --all --json` tells the session of each task; MCP clients call kiro_session_list.',
    ],
  },
  session_ended: {
    means: 'The session was ended and takes no more messages. What was said in it is still there.',
    causes: ['a client ended it with kiro_session_end'],
    remedies: [
      'Leave the session out, or open a new one. `kiro_history` and `spoold ls --session ID --all` still show the old one.',
    ],
  },
  session_busy: {
    means: 'The session cannot be ended, because a task of it is still active.',
    causes: ['a task of the session runs or waits for its turn'],
    remedies: [
      'See which: `spoold ls --session ID`.',
      'Wait for its end, or `spoold cancel ID`; then end the session.',
    ],
  },
  no_question: {
    means: 'An answer was given, but the task does not ask that.',
    causes: [
      'somebody else answered first, or the question went with the end of the task',
      'the agent asks something else by now, and the answer names the earlier question',
    ],
    remedies: ['See what is open: `spoold respond ID` without an answer. Then answer that.'],
  },
  agent_unknown: {
    means: 'No agent with this name is configured where the daemon runs.',
    causes: [
      'the name is mistyped',
      'the agent stands in a config file that the daemon did not read: another one, or changed since its start',
    ],
    remedies: [
      'See the names: `spoold agents`.',
      'Add it to the config file: `spoold init --merge` for those that are installed here, or by hand (docs/settings.md).',
      'Then `spoold restart`; running tasks survive.',
      'A command is no agent: `spoold exec -- COMMAND`.',
    ],
  },
  agent_missing: {
    means:
      "The agent's program was not found, so the task could not run. The task has failed with this as its reason.",
    causes: [
      'the program is not installed',
      "it is not on the daemon's PATH: a daemon that was started elsewhere (as a service, by an editor) may have another PATH than this shell",
    ],
    remedies: [
      'See what is missing and how to install it: `spoold agents`, `spoold doctor`.',
      'Name its path: `"binary": "/path/to/it"` in the agent\'s settings; then `spoold restart`.',
      '`spoold restart` from a shell in which the program is found gives the daemon this PATH; where a service runs it, `spoold service install` there does.',
    ],
  },
  launch_error: {
    means:
      "A program is there, but could not be started: an agent's, whose task has failed with this as its reason; on the command line an editor, or sqlite3.",
    causes: [
      'the agent is not signed in',
      'its version is too old for what is asked, or `--version` gives no answer',
      'the file may not be executed, or its interpreter is missing',
      'a module cannot be loaded',
      '`spoold run --edit`: the editor of EDITOR ended with an error; `spoold db --shell`: sqlite3 is not installed',
    ],
    remedies: [
      'Read the sentence: `spoold show ID`. Start the program once by hand in the same directory.',
      'Of an editor: set EDITOR, or give the message as an argument. What was written is kept where the sentence says.',
      'Sign in with the program itself, or update it; `spoold agents` shows when all is well.',
      'More may stand in the log of the daemon, daemon.log in the state directory.',
    ],
  },
  too_many_tasks: {
    means: 'As many tasks run and wait as are allowed at once (100, if nothing else is set).',
    causes: ['a client starts tasks faster than they end', 'old tasks hang: no time limit is set'],
    remedies: [
      'See what is active: `spoold ls`. Wait, or `spoold cancel ID`.',
      'Raise maxTasks (SPOOLD_MAX_TASKS), or set taskTimeoutSeconds or stallTimeoutSeconds so that what hangs ends; then `spoold restart` (of a variable, for a service: `spoold service install`).',
    ],
  },
  message_too_large: {
    means: 'The message is longer than spoold or the agent takes.',
    causes: [
      'it is longer than maxMessageBytes (4 MiB, if nothing else is set)',
      'the agent gets it as an argument, of which Linux takes 128 KiB',
    ],
    remedies: [
      'Put the long part into a file and name the file in the message.',
      'For an agent of kind command set `"input": "stdin"`.',
    ],
  },
  working_directory_invalid: {
    means: 'The task cannot work in this directory.',
    causes: [
      'it does not exist, is no directory, or may not be entered',
      'a client named it by a path that is not absolute',
      'it lies outside of allowedRoots',
    ],
    remedies: [
      'Name one that exists: `--cwd DIR`, for MCP clients working_directory with an absolute path.',
      'Add its root to allowedRoots (SPOOLD_ALLOWED_ROOTS), then `spoold restart` (of the variable, for a service: `spoold service install`); `spoold config` shows what is set.',
    ],
  },
  idempotency_conflict: {
    means: 'The key of the request was used before, for another request. The task of that one is as it was.',
    causes: ['a program uses one idempotency_key for two different messages'],
    remedies: [
      'Make a new key for each new request; repeat a key only with the very same request.',
      'The sentence names the task that has the key: `spoold show ID`.',
    ],
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
