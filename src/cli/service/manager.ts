import type { ServiceOrder } from './service-manager.js'

/** What the manager of this system says of the service. */
export interface ServiceState {
  /** Whether it starts by itself, at the login or with the machine. */
  isEnabled: boolean
  isActive: boolean
  /** Of the daemon that it runs; null where it runs none. */
  pid: number | null
  /** Why it does not run, where it should; null where nothing is wrong. */
  failure: string | null
}

/** Whoever runs services for one user of this system: systemd or launchd. */
export interface ServiceManager {
  /** `systemd user service`, `launchd agent`. */
  title: string
  /** The file that defines the service. */
  file: string
  define(order: ServiceOrder): string
  /** Whether a definition was written by spoold. */
  isOurs(definition: string): boolean
  /** The command line in a definition. */
  commandOf(definition: string): string[] | undefined
  /** Null where it can be talked to; else what is missing. `exists` false: this system has no such manager at all. */
  missing(): Promise<{ exists: boolean; reason: string } | null>
  state(): Promise<ServiceState>
  /** Makes a new definition known, and lets it start by itself from now on. Throws SpoolError `internal`. */
  enable(): Promise<void>
  /** Starts it, or ends it and starts it again; tasks go on. Throws SpoolError `daemon_start_failed`. */
  restart(): Promise<void>
  /** Ends it and lets it not start by itself any more; tasks go on. Throws SpoolError `internal`. */
  disable(): Promise<void>
  /** Called when the definition has been removed. */
  forget(): Promise<void>
  /** What else a person may want to do; null where there is nothing. */
  hint(): Promise<string | null>
  /** Where its standard error goes, as a command. */
  journal: string | null
}
