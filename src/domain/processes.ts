import type { Input, Stream } from './adapter.js'

/** Names one process for ever: a pid alone is reused soon. */
export interface ProcessIdentity {
  pid: number
  /** Start time in the platform's own notation, compared for equality only. */
  startTime: string
  /** Changes with every boot of the machine. */
  bootId: string
}

/** One attempt at running a task: where it spools, and the mark that all its processes carry. */
export interface AttemptRef {
  taskId: string
  attempt: number
  /** Value of SPOOLD_TASK_TOKEN in the environment of all processes of the attempt. */
  token: string
}

export interface LaunchSpec extends AttemptRef {
  argv: [string, ...string[]]
  env: Record<string, string>
  cwd: string
  input: Input
}

/** The spool of one task, read by the daemon while a process appends to it. */
export interface SpoolReader {
  /** Bytes in the file now. */
  size(stream: Stream): number
  /** At most `length` bytes from `offset`; empty at the end of the file. */
  read(stream: Stream, offset: number, length: number): Promise<Buffer>
  /** Resolves at the next change of any file of the spool, or after the timeout, or when the signal aborts. */
  changed(timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): void
}

/** The standard input of a process that is spoken to (Input `dialogue`); a file that only grows, and is handed on. */
export interface SpoolInput {
  /** Writes at the offset (bytes); what is there already is only written again. Storage errors. */
  write(offset: number, text: string): Promise<void>
  /**
   * Has the process get what was written, and with `end` its end of input. To be repeated after a restart, and safe to
   * repeat at any time; also when nobody reads any more.
   */
  wake(word: 'more' | 'end'): void
}

/** Starts, recognises and kills the processes of tasks. */
export interface Processes {
  /**
   * Starts the wrapper process in a session of its own and returns once its identity is known.
   * Throws SpoolError `launch_error` or a storage error; then nothing runs.
   */
  launch(order: LaunchSpec): Promise<ProcessIdentity>
  /**
   * For an attempt whose launch was announced but whose process was never recorded (the daemon died in between):
   * the identity that the wrapper wrote down, or `never_started`, after which that attempt can not start any more.
   */
  settleLaunch(attempt: AttemptRef): Promise<ProcessIdentity | 'never_started'>
  /** Whether that very process lives (same boot, pid and start time; a zombie does not live). */
  isAlive(identity: ProcessIdentity): boolean
  /**
   * How long ago that process was started, in ms, by a clock that nobody sets; undefined where that cannot be told, and
   * for one of an earlier boot.
   */
  ageMs(identity: ProcessIdentity): number | undefined
  /** Whether the machine was booted since. */
  isFromEarlierBoot(identity: ProcessIdentity): boolean
  /** The exit code that the wrapper recorded; undefined while there is none. */
  exitCode(attempt: AttemptRef): number | undefined
  /** Whether any process of the attempt lives, wherever it hid (token, session or descent). */
  hasRemaining(attempt: AttemptRef, identity: ProcessIdentity): boolean
  /**
   * SIGTERM to the group, then after the grace SIGKILL until no process of the attempt is left.
   * `graceMs` 0 kills at once. Resolves when nothing is left.
   */
  kill(attempt: AttemptRef, identity: ProcessIdentity, graceMs: number): Promise<void>
  openSpool(taskId: string): SpoolReader
  openInput(attempt: AttemptRef): SpoolInput
  /** Removes the spool directory; no error where there is none. */
  discardSpool(taskId: string): Promise<void>
  /** Task ids that have a spool directory. */
  spooledTasks(): Promise<string[]>
}
