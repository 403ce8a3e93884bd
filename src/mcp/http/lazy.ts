import { SpoolError } from '../../domain/errors.js'

/** Something that serves until it is finished, and is closed last. */
interface Serving {
  /** Takes nothing more that lasts. Calling it again does nothing more. */
  finish(): void
  close(): Promise<void>
}

export interface LoadedLate<T extends Serving> extends Serving {
  /** Loads it the first time. Rejects with SpoolError `internal` where it cannot be loaded, then and later. */
  get(): Promise<T>
}

/**
 * A part of the daemon that is loaded when it is first needed; finished and closed where it was. A load that failed is not
 * tried again, since Node remembers a module that it could not read once.
 */
export function loadedLate<T extends Serving>(load: () => Promise<T>): LoadedLate<T> {
  let loading: Promise<T> | undefined
  let loaded: T | undefined
  let isFinishing = false

  async function start(): Promise<T> {
    try {
      loaded = await load()
    } catch (cause) {
      const sentence =
        'A part of spoold could not be loaded; `spoold restart` tries again, and running tasks go on.'
      throw new SpoolError('internal', sentence, { cause })
    }
    if (isFinishing) loaded.finish()
    return loaded
  }

  return {
    get() {
      loading ??= start()
      return loading
    },
    finish() {
      isFinishing = true
      loaded?.finish()
    },
    async close() {
      // Who asked for it has heard of a load that failed.
      await loading?.catch(() => {})
      await loaded?.close()
    },
  }
}
