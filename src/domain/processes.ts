import type { Input, Stream } from './adapter.js'

/** Identifies one process for ever; a pid alone is soon reused. */
export interface ProcessIdentity {
  pid: number
  /** Start time in the platform's own notation; only compared for equality. */
  startTime: string
  /** Changes with every boot of the machine. */
  bootId: string
}

/** One attempt at running a task. */
export interface AttemptRef {
  taskId: string
  attempt: number
  /** Value of SPOOLD_TASK_TOKEN in the environment of every process of the attempt. */
  token: string
}

/** How to start the process of an attempt. */
export interface LaunchSpec extends AttemptRef {
  /** Absolute path of the program, then its arguments. */
  argv: [string, ...string[]]
  env: Record<string, string>
  cwd: string
  input: Input
}

/** The spool of one task, read by the daemon while a process appends to it. */
export interface SpoolReader {
  /** Current size of the stream's file, in bytes. */
  size(stream: Stream): number
  /** Reads at most `length` bytes from `offset`; empty at the end of the file. */
  read(stream: Stream, offset: number, length: number): Promise<Buffer>
  /** Closes the files and stops reporting changes. Closing twice is no error. */
  close(): void
}

/** The standard input of a process in a dialogue (Input `dialogue`): a file that only grows. */
export interface SpoolInput {
  /** Writes at an offset, in bytes; writing the same text there again changes nothing. Throws storage errors. */
  write(offset: number, text: string): Promise<void>
  /**
   * Passes on to the process what was written; `end` also closes its standard input. Can be repeated at any time, must
   * be repeated after a restart, and does nothing if no process reads any more.
   */
  wake(word: 'more' | 'end'): void
}

/** Starts, recognizes and kills the processes of tasks, and opens their spools. */
export interface Processes {
  /**
   * Starts the wrapper process in a session of its own. Resolves with its identity.
   * Throws SpoolError `launch_error` or a storage error; then no process was started.
   */
  launch(spec: LaunchSpec): Promise<ProcessIdentity>
  /**
   * Decides about an attempt whose launch was announced but whose process was never recorded, because the daemon died
   * in between: resolves with the identity that the wrapper wrote down, or with `never_started`. After `never_started`
   * the attempt can no longer start.
   */
  settleLaunch(attempt: AttemptRef): Promise<ProcessIdentity | 'never_started'>
  /** Whether this very process is alive: same boot, pid and start time. A zombie is not alive. */
  isAlive(identity: ProcessIdentity): boolean
  /**
   * Milliseconds since the process was started, by a clock that cannot be set; undefined if unknown, and for a process
   * of an earlier boot.
   */
  ageMs(identity: ProcessIdentity): number | undefined
  /** Whether the machine was rebooted after the process started. */
  isFromEarlierBoot(identity: ProcessIdentity): boolean
  /** The exit code recorded by the wrapper, 128 + n after signal n; undefined while there is none. */
  exitCode(attempt: AttemptRef): number | undefined
  /** Whether any process of the attempt is alive, found by token, session or parent. */
  hasRemaining(attempt: AttemptRef, identity: ProcessIdentity): boolean
  /**
   * Sends SIGTERM to every process of the attempt, and SIGKILL after `graceMs` until none is left. 0 skips SIGTERM.
   * Resolves when no process is left.
   */
  kill(attempt: AttemptRef, identity: ProcessIdentity, graceMs: number): Promise<void>
  /**
   * Opens a spool for reading. Until it is closed, `onChange` is called after each change of one of its files; a call
   * can come without a change, and several changes can share one call.
   */
  openSpool(taskId: string, onChange: () => void): SpoolReader
  openInput(attempt: AttemptRef): SpoolInput
  /** Removes a spool directory; does nothing if there is none. */
  discardSpool(taskId: string): Promise<void>
  /** Ids of the tasks that have a spool directory. */
  spooledTasks(): Promise<string[]>
}
