import { render, useInput } from 'ink'
import { useSyncExternalStore } from 'react'
import { hasColours } from '../terminal/colour.js'
import { enterAlternateScreen, sizeOf } from './alternate-screen.js'
import { type Key, press, type Wish } from './keymap.js'
import { keysOf } from './read-key.js'
import { ScreenView } from './screen-view.js'
import { type TopState, withChange } from './state.js'

/** The state of the screen, which keys, news and the terminal's size change. */
export interface Store {
  get(): TopState
  change(change: Partial<TopState>): void
  set(state: TopState): void
  subscribe(listener: () => void): () => void
}

export function createStore(initial: TopState): Store {
  let state = initial
  const listeners = new Set<() => void>()
  const set = (next: TopState) => {
    state = next
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    set,
    change: (change) => set(withChange(state, change)),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The screen of a store, and the keys that are pressed on it. */
export function Screen(props: { store: Store; onKey: (key: Key) => void; painted: boolean }) {
  const { store, onKey, painted } = props
  const state = useSyncExternalStore(store.subscribe, store.get)
  useInput((input, key) => {
    for (const pressed of keysOf(input, key)) {
      const wasOpen = store.get().dialog !== null
      onKey(pressed)
      // What is pasted by mistake must not answer what it has opened.
      if (!wasOpen && store.get().dialog !== null) break
    }
  })
  return <ScreenView state={state} painted={painted} />
}

/**
 * Shows the board on the terminal's second screen until the signal aborts; gives the terminal back however that ends.
 * Wishes that keys make are handed on.
 */
export async function showBoard(
  store: Store,
  onWish: (wish: Wish) => void,
  signal: AbortSignal,
): Promise<void> {
  const { stdout, stdin } = process
  const resize = () => store.change({ size: sizeOf(stdout) })
  const onKey = (key: Key) => {
    if (signal.aborted) return
    const { state, wish } = press(store.get(), key)
    store.set(state)
    if (wish !== undefined) onWish(wish)
  }
  const screen = enterAlternateScreen(stdout)
  try {
    // Before ink's own listener, so that it draws for the new size.
    stdout.on('resize', resize)
    resize()
    const app = render(<Screen store={store} onKey={onKey} painted={hasColours(stdout)} />, {
      stdout: screen.stream,
      stdin,
      exitOnCtrlC: false,
      patchConsole: false,
    })
    const onAbort = () => app.unmount()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    await app.waitUntilExit()
    signal.removeEventListener('abort', onAbort)
  } finally {
    stdout.off('resize', resize)
    screen.leave()
  }
}
