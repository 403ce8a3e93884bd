import type { ServiceSpec } from './spec.js'

/** The state of the service according to its manager. */
export interface ServiceState {
  /** Whether it starts automatically, at login or at boot. */
  isEnabled: boolean
  isActive: boolean
  /** Pid of its daemon; null if it is not running. */
  pid: number | null
  /** Why it is not running although it should; otherwise null. */
  failure: string | null
}

/** The service manager of the user: systemd or launchd. */
export interface ServiceManager {
  /** `systemd user service`, `launchd agent`. */
  title: string
  /** The file that defines the service. */
  file: string
  define(spec: ServiceSpec): string
  /** Whether a definition was written by spoold. */
  isOurs(definition: string): boolean
  /** The command line in a definition. */
  commandOf(definition: string): string[] | undefined
  /** Null if the manager can be reached, otherwise why not. `exists` is false if this system has no such manager. */
  missing(): Promise<{ exists: boolean; reason: string } | null>
  state(): Promise<ServiceState>
  /** Loads a new definition and enables it. Throws SpoolError `internal`. */
  enable(): Promise<void>
  /** Starts or restarts it; tasks continue. Throws SpoolError `daemon_start_failed`. */
  restart(): Promise<void>
  /** Stops and disables it; tasks continue. Throws SpoolError `internal`. */
  disable(): Promise<void>
  /** Called after the definition was removed. */
  afterRemoval(): Promise<void>
  /** A suggestion for the user; null if there is none. */
  hint(): Promise<string | null>
  /** The command that shows its standard error. */
  journal: string | null
}
