import { SpoolError } from '../domain/errors.js'

/** A server that stops accepting work before it is closed. */
interface Server {
  /** Ends long-lasting work. A second call does nothing. */
  finish(): void
  close(): Promise<void>
}

export interface Lazy<T extends Server> extends Server {
  /** Loads it at the first call. Rejects with SpoolError `internal` if it cannot be loaded, then and later. */
  get(): Promise<T>
}

/**
 * A part of the daemon that is loaded when it is first needed, and finished and closed only if it was loaded. A failed load is
 * not retried, because Node caches the failure of a module.
 */
export function lazy<T extends Server>(load: () => Promise<T>): Lazy<T> {
  let loading: Promise<T> | undefined
  let loaded: T | undefined
  let isFinishing = false

  async function start(): Promise<T> {
    try {
      loaded = await load()
    } catch (cause) {
      const sentence =
        'A part of spoold could not be loaded; `spoold restart` tries again, and running tasks continue.'
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
      // The caller of get() has received the error of a failed load.
      await loading?.catch(() => {})
      await loaded?.close()
    },
  }
}
