/** Something that serves until it is finished, and is closed last. */
interface Serving {
  /** Takes nothing more that lasts. Calling it again does nothing more. */
  finish(): void
  close(): Promise<void>
}

export interface LoadedLate<T extends Serving> extends Serving {
  /** Loads it the first time. A load that failed rejects those who asked, and is tried again for the next. */
  get(): Promise<T>
}

/** A part of the daemon that is loaded when it is first needed; finished and closed where it was. */
export function loadedLate<T extends Serving>(load: () => Promise<T>): LoadedLate<T> {
  let loading: Promise<T> | undefined
  let loaded: T | undefined
  let isFinishing = false

  async function start(): Promise<T> {
    try {
      loaded = await load()
    } catch (error) {
      loading = undefined
      throw error
    }
    if (isFinishing) loaded.finish()
    return loaded
  }

  return {
    async get() {
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
